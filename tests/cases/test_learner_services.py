"""Registering and enrolling learners."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from functools import partial
from typing import Any

import pytest
from django.utils import translation

from backend.accounts.scope import scoped
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.learners.services import age_on, enrol_learner, register_learner
from backend.core.models import CommandReceipt
from backend.core.refusals import Code, Refusal
from tests.cases.desk import Desk, make_desk, problems
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import whole_state


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast)


def _register(desk: Desk, **fields: Any) -> Learner:
    given = {
        "scope": desk.scope(desk.author),
        "institution_id": desk.school.pk,
        "given_name": "Līga",
        "family_name": "Ozola-Bērziņa",
        "birth_date": dt.date(2008, 2, 29),
        "no_code_reason": "Kods vēl nav piešķirts",
    } | fields
    with scoped(given["scope"]):
        return register_learner(**given)


def _enrol(desk: Desk, learner_id: uuid.UUID, **fields: Any) -> Enrolment:
    given = {
        "scope": desk.scope(desk.author),
        "learner_id": learner_id,
        "institution_id": desk.school.pk,
        "programme_kind": "GENERAL",
        "stage": 9,
        "starts_on": dt.date(2023, 9, 1),
    } | fields
    with scoped(given["scope"]):
        return enrol_learner(**given)


def test_a_learner_is_registered_as_the_name_is_written_in_nfc(desk: Desk) -> None:
    learner = _register(desk, given_name=" " + unicodedata.normalize("NFD", "Āris Ķirils") + " ", family_name="O'Nīla-Ļaudama")
    with scoped(desk.scope(desk.author)):
        stored = Learner.objects.get(pk=learner.pk)
    assert (stored.given_name, stored.family_name) == ("Āris Ķirils", "O'Nīla-Ļaudama")
    assert stored.search_key == "aris kirils o'nila-laudama aris kirils"
    assert stored.registering_institution_id == desk.school.pk
    assert stored.version == 1


def test_a_refusal_names_everything_that_is_wrong(desk: Desk) -> None:
    found = problems(partial(_register, desk, given_name="  ", family_name="12-", birth_date=TODAY + dt.timedelta(days=1)))
    assert found == {"given_name": Code.REQUIRED, "family_name": Code.INVALID, "birth_date": Code.INVALID}


@pytest.mark.parametrize("name", ["Jānis\x00", "Jānis\n", "Jā\u202enis", "J" * 101, "\ue000Jānis"])
def test_names_that_nobody_can_read_are_refused(desk: Desk, name: str) -> None:
    if name.endswith("\n"):
        assert _register(desk, given_name=name).given_name == "Jānis", "outer white space is taken off"
    else:
        assert problems(partial(_register, desk, given_name=name)) == {"given_name": Code.INVALID}


@pytest.mark.parametrize("birth_date", [dt.date(1900, 1, 1), dt.date(2019, 1, 1), dt.date(1, 1, 1)])
def test_ages_that_no_learner_has_are_refused(desk: Desk, birth_date: dt.date) -> None:
    assert problems(partial(_register, desk, birth_date=birth_date)) == {"birth_date": Code.INVALID}


def test_who_is_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    born = dt.date(2008, 2, 29)
    assert [age_on(born, day) for day in (dt.date(2023, 2, 28), dt.date(2023, 3, 1), dt.date(2024, 2, 29))] == [14, 15, 16]


def test_only_those_who_write_learners_at_the_institution_register(desk: Desk, cast: Cast) -> None:
    for person in ("provider of maple", "head of linden", "author of birch", "agency", "auditor", "researcher", "editor"):
        found = problems(partial(_register, desk, scope=cast.scope(person)))
        assert found == {"institution_id": Code.NOT_ALLOWED}, person
    assert _register(desk, scope=desk.scope(desk.coordinator))


def test_an_app_needs_the_write_scope_on_its_token(desk: Desk) -> None:
    from dataclasses import replace

    reading = replace(desk.scope(desk.author), app_id=1, token_scopes=frozenset({"learners.read"}))
    assert problems(partial(_register, desk, scope=reading)) == {"institution_id": Code.NOT_ALLOWED}
    assert _register(desk, scope=replace(reading, token_scopes=frozenset({"learners.read", "learners.write"})))


def test_an_institution_that_takes_no_part_registers_nobody(desk: Desk, cast: Cast) -> None:
    scope, place = cast.scope("author of birch"), cast.schools["birch"].pk
    assert problems(partial(_register, desk, scope=scope, institution_id=place)) == {"institution_id": Code.UNMET_CONDITION}
    assert problems(partial(_register, desk, institution_id=uuid.uuid4())) == {"institution_id": Code.NOT_FOUND}


def test_a_learner_is_enrolled(desk: Desk) -> None:
    learner = _register(desk)
    enrolment = _enrol(desk, learner.pk, education_programme="Vispārējā pamatizglītība")
    assert (enrolment.learner_id, enrolment.institution_id, enrolment.stage) == (learner.pk, desk.school.pk, 9)
    assert enrolment.ends_on is None


def test_stages_go_with_the_kind_of_programme(desk: Desk) -> None:
    learner = _register(desk)
    for kind, stage, field in (
        ("GENERAL", 13, "stage"),
        ("VOCATIONAL", 5, "stage"),
        ("GENERAL", 0, "stage"),
        ("X", 1, "programme_kind"),
    ):
        assert problems(partial(_enrol, desk, learner.pk, programme_kind=kind, stage=stage)) == {field: Code.INVALID}


def test_a_first_day_that_cannot_be_is_refused(desk: Desk) -> None:
    learner = _register(desk)
    for day in (dt.date(2012, 9, 1), dt.date(2025, 9, 1)):
        assert problems(partial(_enrol, desk, learner.pk, starts_on=day)) == {"starts_on": Code.OUT_OF_PERIOD}
    assert problems(partial(_enrol, desk, learner.pk, starts_on=dt.date(9999, 12, 31))) == {"starts_on": Code.INVALID}


def test_a_unit_of_another_institution_is_refused(desk: Desk, cast: Cast) -> None:
    from backend.territory.models import StructuralUnit

    unit = StructuralUnit.objects.create(
        institution=cast.schools["birch"], code="B-1", name_lv="B", municipality=cast.schools["birch"].municipality
    )
    learner = _register(desk)
    assert problems(partial(_enrol, desk, learner.pk, structural_unit_id=unit.pk)) == {"structural_unit_id": Code.NOT_FOUND}


def test_a_learner_out_of_reach_and_one_that_is_not_there_get_the_same_answer(desk: Desk, cast: Cast) -> None:
    answers = []
    for key in (cast.learners["Cecīlija"].pk, uuid.uuid4()):
        with pytest.raises(Refusal) as met:
            _enrol(desk, key)
        answers.append([(problem.field, problem.code, str(problem.message)) for problem in met.value.problems])
    assert answers[0] == answers[1]


def test_an_overlap_is_told_in_the_same_words_wherever_the_other_enrolment_is(desk: Desk, cast: Cast) -> None:
    """Dāvis went to birch, which maple cannot see; Ieva is at maple."""
    answers = []
    for learner in (cast.learners["Dāvis"], desk.learner):
        with pytest.raises(Refusal) as met:
            _enrol(desk, learner.pk)
        answers.append([(problem.field, problem.code, str(problem.message)) for problem in met.value.problems])
    assert answers[0] == answers[1]
    assert answers[0][0][:2] == ("starts_on", Code.CONFLICT)
    assert "maple" not in answers[0][0][2].lower()
    assert "birch" not in answers[0][0][2].lower()


def test_the_same_key_gives_the_same_learner_and_one_effect(desk: Desk) -> None:
    first, again = (_register(desk, client_mutation_id="k-1") for _ in range(2))
    assert first.pk == again.pk
    with whole_state():
        assert Learner.objects.filter(family_name="Ozola-Bērziņa").count() == 1


def test_another_input_under_the_same_key_is_a_conflict(desk: Desk) -> None:
    _register(desk, client_mutation_id="k-1")
    found = problems(partial(_register, desk, client_mutation_id="k-1", given_name="Cita"))
    assert found == {"client_mutation_id": Code.CONFLICT}


def test_keys_belong_to_the_caller_and_the_operation(desk: Desk) -> None:
    mine = _register(desk, client_mutation_id="k-1")
    other = _register(desk, client_mutation_id="k-1", scope=desk.scope(desk.coordinator))
    enrolment = _enrol(desk, mine.pk, client_mutation_id="k-1")
    assert mine.pk != other.pk
    assert enrolment.learner_id == mine.pk


def test_a_refused_command_leaves_neither_rows_nor_a_receipt(desk: Desk) -> None:
    assert problems(partial(_register, desk, client_mutation_id="k-2", birth_date=dt.date(1800, 1, 1)))
    with scoped(desk.scope(desk.author)):
        assert not CommandReceipt.objects.filter(key="k-2").exists()
    assert _register(desk, client_mutation_id="k-2")


def test_a_receipt_keeps_no_name_and_is_seen_by_its_caller_alone(desk: Desk) -> None:
    learner = _register(desk, client_mutation_id="k-1")
    with scoped(desk.scope(desk.author)):
        receipt = CommandReceipt.objects.get()
        assert receipt.answer == learner.pk.hex
        assert "zola" not in repr(vars(receipt))
    with scoped(desk.scope(desk.coordinator)):
        assert not CommandReceipt.objects.exists()


def test_a_key_that_is_too_long_is_refused(desk: Desk) -> None:
    assert problems(partial(_register, desk, client_mutation_id="k" * 201)) == {"client_mutation_id": Code.INVALID}


def test_messages_are_read_in_the_readers_language(desk: Desk, cast: Cast) -> None:
    with pytest.raises(Refusal) as met:
        _register(desk, scope=cast.scope("provider of maple"))
    with translation.override("en"):
        assert "institution coordinator, plan author" in str(met.value.problems[0].message)

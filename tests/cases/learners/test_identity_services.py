"""Registering with a personal code and without, changing what is known, ending an enrolment."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from backend.accounts.scope import scoped
from backend.cases.learners.duplicates import warnings_of
from backend.cases.learners.identity import identities
from backend.cases.learners.models import DuplicateCandidate, Enrolment, Learner
from backend.cases.learners.services import end_enrolment, update_learner
from backend.core.refusals import Code
from tests.cases.desk import Desk, problems
from tests.cases.learners.conftest import Registering
from tests.factories.cast import Cast
from tests.factories.rows import EnrolmentFactory, LearnerFactory, whole_state

NEW_FORMAT, OLD_FORMAT, DOUBTFUL = "328673-00679", "161175-19997", "328673-00670"


def _update(desk: Desk, learner: Learner, **fields: Any) -> Learner:
    scope = fields.pop("scope", desk.scope(desk.author))
    with scoped(scope):
        return update_learner(scope=scope, learner_id=learner.pk, **fields)


def _opened(desk: Desk, learner: Learner) -> Any:
    scope = desk.scope(desk.author)
    with scoped(scope):
        return identities(scope=scope, learner_ids=[learner.pk])[learner.pk]


def _warned(desk: Desk, learner: Learner) -> list[tuple[str, str]]:
    scope = desk.scope(desk.author)
    with scoped(scope), translation.override("en"):
        return [(warning.field, str(warning.message)) for warning in warnings_of(scope=scope, learner=learner)]


@pytest.mark.parametrize("written", [NEW_FORMAT, NEW_FORMAT.replace("-", ""), f" {NEW_FORMAT} "])
def test_a_code_is_taken_in_either_writing(desk: Desk, register: Registering, written: str) -> None:
    learner = register(personal_code=written)
    assert _opened(desk, learner).personal_code == NEW_FORMAT.replace("-", "")
    assert _warned(desk, learner) == []


def test_the_old_format_tells_a_date_that_is_compared(desk: Desk, register: Registering) -> None:
    learner = register(personal_code=OLD_FORMAT)
    assert [field for field, _ in _warned(desk, learner)] == ["birth_date"]
    assert _warned(desk, register(personal_code="120309-20003", given_name="Ieva")) is not None


@pytest.mark.parametrize(
    "code", ["311109-20000", "123", "320000000000", "12o309-20000", "120309-30000", "120330-20000", "x" * 400]
)
def test_an_impossible_code_is_refused(desk: Desk, register: Registering, code: str) -> None:
    assert problems(partial(register, personal_code=code)) == {"personal_code": Code.INVALID}


def test_a_failing_check_digit_is_warned_of_and_kept(desk: Desk, register: Registering) -> None:
    learner = register(personal_code=DOUBTFUL)
    assert [field for field, _ in _warned(desk, learner)] == ["personal_code"]
    assert _opened(desk, learner).personal_code == DOUBTFUL.replace("-", "")


def test_who_has_no_code_states_why(desk: Desk, register: Registering) -> None:
    assert problems(partial(register, no_code_reason="  ")) == {"personal_code": Code.REQUIRED}
    both = partial(register, personal_code=NEW_FORMAT, no_code_reason="Nav")
    assert problems(both) == {"no_code_reason": Code.INVALID}
    learner = register(no_code_reason=" Ieradies no ārzemēm ")
    assert (_opened(desk, learner).no_code_reason, _opened(desk, learner).personal_code) == ("Ieradies no ārzemēm", None)


def test_a_code_known_elsewhere_changes_nothing_that_the_school_can_see(desk: Desk, cast: Cast, register: Registering) -> None:
    """The same rows, warnings and number of statements as for a code that nobody knows; the match waits for who sees both."""
    birch = cast.scope("author of birch")
    with whole_state():
        foreign = LearnerFactory(registering_institution=cast.schools["birch"], given_name="Līga", family_name="Ozola")
    with scoped(birch):
        update_learner(scope=birch, learner_id=foreign.pk, personal_code=NEW_FORMAT)
    register(personal_code="320000-00000", given_name="Silta")  # whatever is remembered between calls is by now
    with CaptureQueriesContext(connection) as unknown:
        register(personal_code="321111-11111", given_name="Dzintra", birth_date=dt.date(2012, 11, 25))
    with CaptureQueriesContext(connection) as known:
        learner = register(personal_code=NEW_FORMAT)
    assert len(known) == len(unknown)
    assert _warned(desk, learner) == []
    with scoped(desk.scope(desk.author)):
        assert not DuplicateCandidate.objects.exists()
    with whole_state():
        pair = DuplicateCandidate.objects.get()
        assert {pair.first_id, pair.second_id} == {learner.pk, foreign.pk}
        assert pair.status == "OPEN"


def test_an_update_changes_what_is_given_and_leaves_the_rest(desk: Desk, register: Registering) -> None:
    learner = register(phone="+371 20000000", guardian="Māte Ilga")
    changed = _update(desk, learner, family_name="Ozola-Kalniņa", email="liga@example.test", phone="")
    assert (changed.given_name, changed.family_name, changed.version) == ("Līga", "Ozola-Kalniņa", 2)
    assert changed.search_key == "liga ozola-kalnina liga"
    opened = _opened(desk, learner)
    assert (opened.phone, opened.email, opened.guardian) == (None, "liga@example.test", "Māte Ilga")
    assert opened.no_code_reason == "Kods vēl nav piešķirts"


def test_a_code_takes_the_place_of_the_reason_and_the_other_way_round(desk: Desk, register: Registering) -> None:
    learner = register()
    _update(desk, learner, personal_code=NEW_FORMAT)
    assert (_opened(desk, learner).personal_code, _opened(desk, learner).no_code_reason) == ("32867300679", "")
    _update(desk, learner, no_code_reason="Kods bija cita cilvēka")
    assert _opened(desk, learner).personal_code is None


def test_wrong_values_are_named_at_once(desk: Desk, register: Registering) -> None:
    learner = register()
    wrong = {"given_name": " ", "birth_date": dt.date(1850, 1, 1), "email": "nowhere", "phone": "9" * 41, "personal_code": "1"}
    assert problems(partial(_update, desk, learner, **wrong)) == {
        "given_name": Code.REQUIRED,
        "birth_date": Code.INVALID,
        "email": Code.INVALID,
        "phone": Code.INVALID,
        "personal_code": Code.INVALID,
    }


def test_who_may_change_a_learner(desk: Desk, cast: Cast, register: Registering) -> None:
    learner = register()
    for person in ("provider of maple", "coordinator of madona", "agency", "auditor"):
        found = problems(partial(_update, desk, learner, given_name="Eva", scope=cast.scope(person)))
        assert set(found) == {"learner_id"}, person
        assert found["learner_id"] in {Code.NOT_ALLOWED, Code.NOT_FOUND}
    assert _update(desk, learner, given_name="Eva", scope=desk.scope(desk.coordinator)).given_name == "Eva"


def test_absent_and_out_of_reach_look_the_same(desk: Desk, cast: Cast) -> None:
    answers = []
    for key in (uuid.uuid4(), cast.learners["Cecīlija"].pk, cast.learners["Dāvis"].pk):  # Dāvis left maple for birch
        missing = Learner(pk=key)
        answers.append(problems(partial(_update, desk, missing, given_name="Eva")))
    assert answers[0] == answers[1] == answers[2] == {"learner_id": Code.NOT_FOUND}


def _end(desk: Desk, enrolment: Enrolment, **fields: Any) -> Enrolment:
    scope = fields.pop("scope", desk.scope(desk.author))
    given = {"ends_on": dt.date(2023, 10, 13), "end_reason": "LEFT"} | fields
    with scoped(scope):
        return end_enrolment(scope=scope, enrolment_id=enrolment.pk, **given)


def test_an_enrolment_ends_once_with_a_reason(desk: Desk, cast: Cast) -> None:
    ended = _end(desk, desk.enrolment, expected_version=1)
    assert (ended.ends_on, ended.end_reason, ended.version) == (dt.date(2023, 10, 13), "LEFT", 2)
    assert problems(partial(_end, desk, desk.enrolment)) == {"enrolment_id": Code.LOCKED}
    assert problems(partial(_end, desk, desk.enrolment, expected_version=1)) == {"expected_version": Code.CONFLICT}


def test_an_enrolment_ends_on_a_day_that_can_be(desk: Desk, cast: Cast) -> None:
    for day, code in ((dt.date(2022, 8, 31), Code.OUT_OF_PERIOD), (dt.date(2025, 1, 1), Code.OUT_OF_PERIOD)):
        assert problems(partial(_end, desk, desk.enrolment, ends_on=day)) == {"ends_on": code}
    assert problems(partial(_end, desk, desk.enrolment, end_reason="BORED")) == {"end_reason": Code.INVALID}
    with whole_state():
        foreign = EnrolmentFactory(learner=LearnerFactory(registering_institution=cast.schools["birch"]))
    assert problems(partial(_end, desk, foreign)) == {"enrolment_id": Code.NOT_FOUND}
    assert problems(partial(_end, desk, desk.enrolment, scope=cast.scope("provider of maple")))["enrolment_id"] in {
        Code.NOT_FOUND,
        Code.NOT_ALLOWED,
    }

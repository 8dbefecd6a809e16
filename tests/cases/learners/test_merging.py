"""Deciding pairs: what a merge moves, how it is taken back, who may, and what stands against it."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial
from typing import Any

import pytest

from backend.accounts.scope import scoped
from backend.cases.delivery.models import Consultation
from backend.cases.learners.duplicates import warnings_of
from backend.cases.learners.merging import decide_duplicate, undo_merge
from backend.cases.learners.models import DuplicateCandidate, Enrolment, Learner, MergedRow
from backend.cases.learners.selectors import learner as learner_in_reach
from backend.cases.learners.selectors import learners
from backend.cases.learners.services import update_learner
from backend.cases.plans.models import Measure, SupportPlan
from backend.cases.plans.notes import write_note
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.core.refusals import Code
from backend.territory.models import Semester
from tests.cases.desk import Desk, make_desk, problems
from tests.cases.learners.conftest import Registering, commit_checks
from tests.factories.case_rows import DuplicateFactory
from tests.factories.cast import Cast
from tests.factories.rows import (
    ClaimFactory,
    ConsultationFactory,
    EnrolmentFactory,
    LearnerFactory,
    MeasureFactory,
    SupportPlanFactory,
    whole_state,
)

CODE = "328673-00679"


def _pair(one: Learner, other: Learner) -> DuplicateCandidate:
    first, second = sorted((one, other), key=lambda row: row.pk)
    with whole_state():
        found = DuplicateCandidate.objects.filter(first=first, second=second).first()
        return found or DuplicateFactory(pair=None, first=first, second=second)


def _decide(desk: Desk, pair: DuplicateCandidate, kept: Learner | None = None, **fields: Any) -> DuplicateCandidate:
    scope = fields.pop("scope", desk.scope(desk.coordinator))
    given = {"decision": "SAME_PERSON" if kept else "DIFFERENT", "kept_id": kept.pk if kept else None, "reason": "Dokumenti"}
    with scoped(scope):
        done = decide_duplicate(scope=scope, duplicate_candidate_id=pair.pk, **(given | fields))
        commit_checks()
        return done


def _undo(desk: Desk, pair: DuplicateCandidate, **fields: Any) -> DuplicateCandidate:
    scope = fields.pop("scope", desk.scope(desk.coordinator))
    with scoped(scope):
        done = undo_merge(scope=scope, duplicate_candidate_id=pair.pk, **({"reason": "Tomēr divas personas"} | fields))
        commit_checks()
        return done


def _with_case(school: Any, semester: str, **fields: Any) -> tuple[Learner, SupportPlan]:
    """A learner of a school with a plan, confirmed hours and an approved cost in a semester."""
    with whole_state():
        learner = LearnerFactory(registering_institution=school)
        found = Semester.objects.get(code=semester)
        enrolment = EnrolmentFactory(learner=learner, **fields)
        plan = SupportPlanFactory(enrolment=enrolment, semester=found)
        for measure in (MeasureFactory(plan=plan),):
            ConsultationFactory(measure=measure, held_on=found.starts_on + dt.timedelta(days=14))
        ClaimFactory(measure=MeasureFactory(plan=plan, code="CATERING"), period=found.starts_on.replace(day=1))
        return learner, plan


def _held(learner: Learner) -> dict[str, set[uuid.UUID]]:
    """Keys of everything that names a learner."""
    with whole_state():
        return {
            model.__name__: set(model._default_manager.filter(learner=learner).values_list("pk", flat=True))
            for model in (Enrolment, SupportPlan, Measure, Consultation, ReimbursementClaim)
        }


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast)


def test_two_people_stay_two(desk: Desk, register: Registering) -> None:
    one, other = register(), register()
    decided = _decide(desk, _pair(one, other))
    assert (decided.status, decided.decision_reason, decided.version) == ("DIFFERENT", "Dokumenti", 2)
    assert decided.decided_by_id == desk.coordinator.pk
    scope = desk.scope(desk.author)
    with scoped(scope):
        update_learner(scope=scope, learner_id=one.pk, given_name="Liga")
        assert warnings_of(scope=scope, learner=one) == [], "it is not asked again"


def test_everything_goes_to_the_kept_record_and_comes_back(desk: Desk, cast: Cast) -> None:
    last_year = {"starts_on": dt.date(2021, 9, 1), "ends_on": dt.date(2023, 8, 31), "end_reason": "PROMOTED"}
    leaving, _plan = _with_case(desk.school, "2022/2023-2", **last_year)
    kept, _ = _with_case(desk.school, "2023/2024-1", starts_on=dt.date(2023, 9, 1), stage=9)
    before = _held(leaving), _held(kept)
    assert all(before[0].values())
    pair = _pair(leaving, kept)
    decided = _decide(desk, pair, kept)
    assert (decided.status, decided.kept_id) == ("SAME_PERSON", kept.pk)
    assert not any(_held(leaving).values())
    assert _held(kept) == {name: rows | before[1][name] for name, rows in before[0].items()}
    with whole_state():
        assert Learner.objects.get(pk=leaving.pk).merged_into_id == kept.pk
        assert MergedRow.objects.filter(candidate=pair).count() == sum(map(len, before[0].values()))
        assert {row.moved_from_id for row in MergedRow.objects.all()} == {leaving.pk}
    undone = _undo(desk, pair)
    assert (undone.status, undone.undo_reason, undone.version) == ("UNDONE", "Tomēr divas personas", 3)
    assert (_held(leaving), _held(kept)) == before
    with whole_state():
        assert Learner.objects.get(pk=leaving.pk).merged_into_id is None
    assert problems(partial(_undo, desk, pair)) == {"duplicate_candidate_id": Code.CONFLICT}


def test_one_enrolment_written_twice_becomes_one_and_two_again(desk: Desk) -> None:
    leaving, plan = _with_case(desk.school, "2022/2023-2")
    kept, _ = _with_case(desk.school, "2023/2024-1")
    own, shared = (_held(learner)["Enrolment"].pop() for learner in (leaving, kept))
    pair = _pair(leaving, kept)
    _decide(desk, pair, kept)
    with whole_state():
        moved = SupportPlan.objects.get(pk=plan.pk)
        assert (moved.learner_id, moved.enrolment_id) == (kept.pk, shared)
        assert Enrolment.objects.get(pk=own).learner_id == leaving.pk, (
            "the second writing stays with the record that was given up"
        )
    _undo(desk, pair)
    with whole_state():
        back = SupportPlan.objects.get(pk=plan.pk)
    assert (back.learner_id, back.enrolment_id) == (leaving.pk, own)


def test_what_was_added_since_stays_unless_it_hangs_on_what_goes_back(desk: Desk) -> None:
    leaving, plan = _with_case(desk.school, "2022/2023-2")
    kept, own_plan = _with_case(desk.school, "2023/2024-1", starts_on=dt.date(2023, 9, 1), stage=9)
    with whole_state():
        Enrolment.objects.filter(learner=leaving).update(ends_on=dt.date(2023, 8, 31), end_reason="PROMOTED")
    pair = _pair(leaving, kept)
    _decide(desk, pair, kept)
    with whole_state():
        hanging = MeasureFactory(plan=SupportPlan.objects.get(pk=plan.pk))
        staying = MeasureFactory(plan=own_plan)
    _undo(desk, pair)
    assert hanging.pk in _held(leaving)["Measure"]
    assert staying.pk in _held(kept)["Measure"]


def test_the_kept_record_stands_for_both_in_lists_and_services(desk: Desk, register: Registering) -> None:
    one, other = register(), register()
    _decide(desk, _pair(one, other), one)
    scope = desk.scope(desk.author)
    with scoped(scope):
        assert learner_in_reach(scope=scope, learner_id=other.pk) is None
        assert one in learners(scope=scope)
        assert other not in learners(scope=scope)
        changing = partial(update_learner, scope=scope, learner_id=other.pk, given_name="Eva")
        assert problems(changing) == {"learner_id": Code.NOT_FOUND}


def test_what_stands_against_a_merge(desk: Desk, cast: Cast, register: Registering) -> None:
    one, other = register(), register()
    pair = _pair(one, other)
    third = register(given_name="Cita", birth_date=dt.date(2010, 1, 1))
    assert problems(partial(_decide, desk, pair, one, reason="  ")) == {"reason": Code.REQUIRED}
    assert problems(partial(_decide, desk, pair, third)) == {"kept_id": Code.NOT_FOUND}
    assert problems(partial(_decide, desk, pair, decision="SAME_PERSON")) == {"kept_id": Code.REQUIRED}
    assert problems(partial(_decide, desk, pair, one, decision="DIFFERENT")) == {"kept_id": Code.INVALID}
    assert problems(partial(_decide, desk, pair, decision="PERHAPS"))["decision"] == Code.INVALID
    assert problems(partial(_decide, desk, pair, one, expected_version=9)) == {"expected_version": Code.CONFLICT}
    with_code = register(personal_code=CODE, given_name="Ar", family_name="Kodu")
    assert problems(partial(_decide, desk, _pair(one, with_code), one)) == {"kept_id": Code.UNMET_CONDITION}
    assert problems(partial(_undo, desk, pair)) == {"duplicate_candidate_id": Code.UNMET_CONDITION}


def test_records_that_contradict_each_other_are_not_merged(desk: Desk) -> None:
    leaving, _ = _with_case(desk.school, "2023/2024-1", stage=7)
    kept, _ = _with_case(desk.school, "2022/2023-2", stage=8)
    assert problems(partial(_decide, desk, _pair(leaving, kept), kept)) == {"duplicate_candidate_id": Code.UNMET_CONDITION}
    same_plan = [_with_case(desk.school, "2023/2024-1")[0] for _ in range(2)]
    found = problems(partial(_decide, desk, _pair(*same_plan), same_plan[0]))
    assert found == {"duplicate_candidate_id": Code.UNMET_CONDITION}


def test_words_under_a_learners_own_key_are_not_moved(desk: Desk) -> None:
    leaving, _ = _with_case(desk.school, "2022/2023-2")
    kept, _ = _with_case(desk.school, "2023/2024-1")
    with whole_state():
        write_note(learner=leaving, institution_id=desk.school.pk, kind="FAMILY", text="Slēgts", author=desk.author)
    pair = _pair(leaving, kept)
    assert problems(partial(_decide, desk, pair, kept)) == {"kept_id": Code.UNMET_CONDITION}
    assert _decide(desk, pair, leaving).kept_id == leaving.pk


def test_rows_of_institutions_that_are_not_the_callers_do_not_move(desk: Desk, cast: Cast) -> None:
    """Dāvis was maple's and is birch's now: maple sees both records, and cannot take birch's rows along."""
    davis = cast.learners["Dāvis"]
    own, _ = _with_case(
        desk.school, "2022/2023-1", starts_on=dt.date(2020, 9, 1), ends_on=dt.date(2021, 8, 31), end_reason="OTHER"
    )
    before = _held(davis)
    pair = _pair(davis, own)
    assert problems(partial(_decide, desk, pair, own)) == {"kept_id": Code.NOT_ALLOWED}
    assert _held(davis) == before


def test_who_may_decide(desk: Desk, cast: Cast, register: Registering) -> None:
    pair = _pair(register(), register())
    for person in ("author of maple", "coordinator of madona", "agency", "auditor", "provider of maple"):
        found = problems(partial(_decide, desk, pair, scope=cast.scope(person)))
        assert set(found) == {"duplicate_candidate_id"}, person
        assert found["duplicate_candidate_id"] in {Code.NOT_ALLOWED, Code.NOT_FOUND}, person
    with whole_state():
        foreign = _pair(*(LearnerFactory(registering_institution=cast.schools["birch"]) for _ in range(2)))
    absent = DuplicateCandidate(pk=uuid.uuid4())
    assert [problems(partial(_decide, desk, each)) for each in (foreign, absent)] == [
        {"duplicate_candidate_id": Code.NOT_FOUND}
    ] * 2

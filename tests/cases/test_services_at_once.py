"""Two clients at once on PostgreSQL: one effect, one winner, and the other is told."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from backend.accounts.scope import scoped
from backend.cases.delivery.models import Consultation
from backend.cases.delivery.services import record_consultations
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.learners.services import enrol_learner, register_learner
from backend.cases.plans.models import Measure, SupportPlan
from backend.cases.plans.services import draft_support_plan, plan_measure
from backend.core.refusals import Code
from backend.registry import reference as registry
from backend.registry.models import MeasureKind
from backend.territory import reference as territory
from tests.cases.desk import Desk, make_desk
from tests.cases.test_consultation_services import entry
from tests.concurrency import Client, Outcome, all_at_once, one_before_the_other
from tests.factories.cast import make_cast
from tests.factories.rows import EnrolmentFactory, LearnerFactory, whole_state

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], Any]


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    """Committed, so that other connections see it."""
    with transaction.atomic():
        territory.load()
        registry.load()
        return make_desk(make_cast())


def _race(desk: Desk, first: Act, second: Act, *, as_: str = "author", give_up: bool = False) -> tuple[Outcome, Outcome]:
    scope = desk.scope(getattr(desk, as_))
    return one_before_the_other(Client(scope, first, hold=True, give_up=give_up), Client(scope, second))


def _registering(desk: Desk, **fields: Any) -> Act:
    given = {
        "scope": desk.scope(desk.author),
        "institution_id": desk.school.pk,
        "given_name": "Vienlaicis",
        "family_name": "Paraudziņš",
        "birth_date": dt.date(2009, 3, 1),
        "no_code_reason": "Kods vēl nav piešķirts",
        "client_mutation_id": "same key",
    }
    return lambda: register_learner(**(given | fields))


def _count(model: Any, **fields: Any) -> int:
    with whole_state():
        return int(model.objects.filter(**fields).count())


def test_the_same_key_at_once_has_one_effect_and_one_answer(desk: Desk) -> None:
    first, second = _race(desk, _registering(desk), _registering(desk))
    assert first.value().pk == second.value().pk
    assert _count(Learner, given_name="Vienlaicis") == 1


def test_another_input_under_the_same_key_at_once_is_told(desk: Desk) -> None:
    first, second = _race(desk, _registering(desk), _registering(desk, given_name="Cits"))
    assert first.value()
    assert second.refusal is not None
    assert second.refusal.codes == {Code.CONFLICT}


def test_when_the_first_is_taken_back_the_second_does_the_work(desk: Desk) -> None:
    _first, second = _race(desk, _registering(desk), _registering(desk), give_up=True)
    assert second.value().given_name == "Vienlaicis"
    assert _count(Learner, given_name="Vienlaicis") == 1


def test_overlapping_enrolments_at_once_leave_one(desk: Desk) -> None:
    with whole_state():
        learner = LearnerFactory(registering_institution=desk.school)

    def enrolling(day: int) -> Act:
        return lambda: enrol_learner(
            scope=desk.scope(desk.author),
            learner_id=learner.pk,
            institution_id=desk.school.pk,
            programme_kind="GENERAL",
            stage=9,
            starts_on=dt.date(2023, 9, day),
        )

    first, second = _race(desk, enrolling(1), enrolling(15))
    assert first.value()
    assert second.refusal is not None
    assert second.refusal.codes == {Code.CONFLICT}
    assert _count(Enrolment, learner=learner) == 1


def _drafting(desk: Desk, learner_id: uuid.UUID) -> Act:
    return lambda: draft_support_plan(
        scope=desk.scope(desk.author), learner_id=learner_id, institution_id=desk.school.pk, semester_id=desk.semester.pk
    )


def test_the_same_plan_drafted_at_once_is_drafted_once(desk: Desk) -> None:
    draft = _drafting(desk, desk.learner.pk)
    first, second = _race(desk, draft, draft)
    assert first.value()
    assert second.refusal is not None
    assert second.refusal.codes == {Code.DUPLICATE}
    assert _count(SupportPlan, learner=desk.learner) == 1


def test_plans_of_many_learners_drafted_at_once_get_numbers_of_their_own(desk: Desk) -> None:
    with whole_state():
        learners = [EnrolmentFactory(learner=LearnerFactory(registering_institution=desk.school)).learner_id for _ in range(8)]
    outcomes = all_at_once([Client(desk.scope(desk.author), _drafting(desk, key)) for key in learners])
    numbers = sorted(outcome.value().number for outcome in outcomes)
    assert numbers == [f"IAP-MAPLE-2324-1-{number:04d}" for number in range(1, 9)]


def test_the_same_version_changed_at_once_is_changed_once(desk: Desk) -> None:
    with scoped(desk.scope(desk.author)):
        plan = _drafting(desk, desk.learner.pk)()
    kind = MeasureKind.objects.get(code="PSYCHOLOGIST")

    def adding() -> Measure:
        return plan_measure(scope=desk.scope(desk.author), plan_id=plan.pk, kind_id=kind.pk, planned_hours=3, expected_version=1)

    first, second = _race(desk, adding, adding)
    assert first.value()
    assert second.refusal is not None
    assert second.refusal.codes == {Code.CONFLICT}
    assert _count(Measure, plan=plan) == 1


def _recording(desk: Desk, measure: Measure, **fields: Any) -> Act:
    return lambda: record_consultations(scope=desk.scope(desk.provider), entries=[entry(measure, **fields)])


def test_the_last_hour_of_a_measure_is_given_once(desk: Desk) -> None:
    measure = desk.measure(planned_hours=1)
    first, second = _race(desk, _recording(desk, measure), _recording(desk, measure, at="16:00"), as_="provider")
    assert first.value()
    assert second.refusal is not None
    assert second.refusal.codes == {Code.LIMIT_EXCEEDED}
    assert _count(Consultation, measure=measure) == 1


def test_one_provider_entered_at_two_places_at_once_is_at_one(desk: Desk) -> None:
    one, other = desk.measure(), desk.measure()
    first, second = _race(desk, _recording(desk, one), _recording(desk, other, at="14:20"), as_="provider")
    assert first.value()
    assert second.refusal is not None
    assert second.refusal.codes == {Code.CONFLICT}
    assert _count(Consultation, measure__in=[one, other]) == 1


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.full)])
def test_round_after_round_one_wins(desk: Desk, rounds: int) -> None:
    measure = desk.measure(planned_hours=999)
    days = [dt.date(2023, 9, 1) + dt.timedelta(days=step) for step in range(40)]
    for number in range(rounds):
        at = f"{8 + number % 5 * 2:02}:00"
        acts = [_recording(desk, measure, day=days[number // 5], at=at) for _ in range(2)]
        outcomes = all_at_once([Client(desk.scope(desk.provider), act) for act in acts])
        assert sorted(outcome.refusal is None for outcome in outcomes) == [False, True], (number, outcomes)

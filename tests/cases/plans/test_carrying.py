"""Carrying a plan into a later semester, and what then differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from backend.accounts.scope import scoped
from backend.cases.plans import services
from backend.cases.plans.differences import of_plans
from backend.cases.plans.models import SupportPlan
from backend.registry.models import MeasureKind, RiskFactor
from backend.territory.models import Semester
from tests.cases.plans.walk import FACTOR, OTHER_FACTOR, Walk
from tests.factories.rows import whole_state


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def earlier(walk: Walk) -> SupportPlan:
    """Evaluated: two risks, of which one went away; hours for both, meals in autumn."""
    learner = walk.learner()
    plan = walk.draft(learner)
    walk.apply(learner)
    gone, stays = walk.risk(plan, level=2), walk.risk(plan, OTHER_FACTOR, level=3, note="Negrib mācīties.")
    walk.measure(plan, gone, planned_hours=6)
    walk.measure(plan, stays, kind_code="TEACHER", subject="Matemātika", planned_hours=20, months=[9, 10])
    walk.measure(plan, stays, euro="90.50")
    walk.do("author", services.submit_support_plan, plan_id=plan.pk)
    for person in ("head", "municipality", "agency"):
        walk.do(person, services.approve_support_plan, plan_id=plan.pk)
    ends = [
        services.EndRisk(level=0, risk_factor_code=FACTOR),
        services.EndRisk(level=2, risk_factor_code=OTHER_FACTOR, note="Mazliet labāk."),
    ]
    walk.do(
        "author",
        services.evaluate_support_plan,
        plan_id=plan.pk,
        result_text="Iet uz priekšu.",
        continue_next=True,
        end_risks=ends,
    )
    walk.today = dt.date(2024, 1, 10)
    return plan


def _carried(walk: Walk, earlier: SupportPlan, **fields: object) -> SupportPlan:
    second = Semester.objects.get(code="2023/2024-2")
    given = {"from_plan_id": earlier.pk, "semester_id": second.pk} | fields
    plan: SupportPlan = walk.do("author", services.carry_forward_support_plan, **given)
    return plan


def _told(walk: Walk, plan: SupportPlan) -> set[tuple[str, str, str | None, str | None]]:
    scope = walk.desk.scope(walk.people["author"], on=walk.today)
    with scoped(scope):
        found = of_plans(scope=scope, plan_ids=[plan.pk])
    return {(part.part, part.change, part.before, part.after) for part in found.get(plan.pk, [])}


def test_risks_begin_where_they_ended_and_measures_go_on(walk: Walk, earlier: SupportPlan) -> None:
    plan = _carried(walk, earlier)
    with whole_state():
        assert list(plan.risks.values_list("risk_factor__code", "moment", "level_id", "note")) == [
            (OTHER_FACTOR, "START", 2, "Mazliet labāk.")
        ]
        risk = plan.risks.get()
        planned = set(plan.measures.values_list("kind_code", "subject", "planned_hours", "planned_amount", "risk_id"))
        assert {(kind, subject, hours, risk_id) for kind, subject, hours, _, risk_id in planned} == {
            ("PSYCHOLOGIST", "", 6, None),
            ("TEACHER", "Matemātika", 20, risk.pk),
            ("CATERING", "", None, risk.pk),
        }
        assert all(months == [] for months in plan.measures.values_list("months", flat=True)), "autumn is over"
    assert (plan.status, plan.carried_from_id, plan.application) == ("DRAFT", earlier.pk, None)
    assert walk.refused("author", services.submit_support_plan, plan_id=plan.pk) == [("plan_id", "UNMET_CONDITION")] * 2


def test_the_difference_is_shown(walk: Walk, earlier: SupportPlan) -> None:
    plan = _carried(walk, earlier)
    with whole_state():
        teaching = plan.measures.get(kind_code="TEACHER")
    walk.do("author", services.remove_measure, measure_id=teaching.pk)
    walk.measure(plan, None, kind_code="SOCIAL_PEDAGOGUE", planned_hours=1)
    names = {row.code: row.name_en for row in (*RiskFactor.objects.all(), *MeasureKind.objects.all())}
    assert _told(walk, plan) == {
        ("PERIOD", "CHANGED", "Sept. 1, 2023 – Dec. 31, 2023", "Jan. 8, 2024 – June 30, 2024"),
        ("RISK", "REMOVED", f"{names[FACTOR]}: medium", None),
        ("RISK", "CHANGED", f"{names[OTHER_FACTOR]}: high", f"{names[OTHER_FACTOR]}: medium"),
        ("MEASURE", "REMOVED", f"{names['TEACHER']}, Matemātika, 20 hours, months: 9, 10", None),
        ("MEASURE", "ADDED", None, f"{names['SOCIAL_PEDAGOGUE']}, 1 hour"),
    }
    with translation.override("lv"):
        assert ("PERIOD", "CHANGED") in {(part, change) for part, change, _, _ in _told(walk, plan)}
    assert _told(walk, earlier) == set()


def test_what_is_no_longer_on_the_lists_stays_behind(walk: Walk, earlier: SupportPlan) -> None:
    last = dt.date(2023, 12, 31)
    MeasureKind.objects.filter(code="CATERING").update(valid_to=last)
    RiskFactor.objects.filter(code=OTHER_FACTOR).update(valid_to=last)
    plan = _carried(walk, earlier)
    with whole_state():
        assert not plan.risks.exists()
        assert set(plan.measures.values_list("kind_code", "risk")) == {("PSYCHOLOGIST", None), ("TEACHER", None)}
    assert not {part for part, *_ in _told(walk, _again(plan))} - {"PERIOD", "RISK", "MEASURE"}


def _again(plan: SupportPlan) -> SupportPlan:
    with whole_state():
        return SupportPlan.objects.get(pk=plan.pk)


def test_without_measures(walk: Walk, earlier: SupportPlan) -> None:
    with whole_state():
        assert not _carried(walk, earlier, with_measures=False).measures.exists()


def test_only_an_active_plan_goes_into_a_later_semester_once(walk: Walk, earlier: SupportPlan) -> None:
    service, second = services.carry_forward_support_plan, Semester.objects.get(code="2023/2024-2")
    assert walk.refused("author", service, from_plan_id=earlier.pk, semester_id=earlier.semester_id) == [
        ("semester_id", "OUT_OF_PERIOD")
    ]
    assert walk.refused("author", service, from_plan_id=walk.draft().pk, semester_id=second.pk) == [
        ("from_plan_id", "UNMET_CONDITION")
    ]
    assert walk.refused("head", service, from_plan_id=earlier.pk, semester_id=second.pk) == [("from_plan_id", "NOT_ALLOWED")]
    assert walk.refused("stranger", service, from_plan_id=earlier.pk, semester_id=second.pk) == [("from_plan_id", "NOT_FOUND")]
    _carried(walk, earlier)
    assert walk.refused("author", service, from_plan_id=earlier.pk, semester_id=second.pk) == [("learner_id", "DUPLICATE")]


def test_differences_of_many_plans_take_three_statements(walk: Walk, earlier: SupportPlan) -> None:
    plan = _carried(walk, earlier)
    scope = walk.desk.scope(walk.people["author"], on=walk.today)
    with scoped(scope), CaptureQueriesContext(connection) as seen:
        of_plans(scope=scope, plan_ids=[plan.pk, earlier.pk])
    assert len(seen) == 3

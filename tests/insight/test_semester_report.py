"""The semester report, against sums that the test makes by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import SupportPlan
from backend.insight.statistics.report import SemesterReport
from backend.insight.statistics.selectors import semester_report
from backend.registry.models import RiskFactor
from backend.territory.models import Municipality, Region, Semester
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import (
    ClaimFactory,
    ConsultationFactory,
    EnrolmentFactory,
    MeasureFactory,
    RiskAssessmentFactory,
    SupportPlanFactory,
    whole_state,
)


def _report(cast: Cast, person: str = "agency", **asked: Any) -> SemesterReport | None:
    asked.setdefault("semester", Semester.objects.get(code="2022/2023-2"))
    asked.setdefault("division_on", TODAY)
    with whole_state():
        return semester_report(scope=cast.scope(person), **asked)


def _maple(cast: Cast) -> SemesterReport:
    report = _report(cast, institution=cast.schools["maple"])
    assert report is not None
    return report


def _money(report: SemesterReport) -> dict[str, tuple[int, Decimal]]:
    return {total.kind: (total.learners, total.amount) for total in report.reimbursements}


def test_the_plain_case(cast: Cast) -> None:
    report = _maple(cast)
    assert (report.semester, report.plans, report.learners) == ("2022/2023-2", 2, 2)
    assert [(row.group.value, row.identifications, row.plans, row.learners) for row in report.risk_identifications] == [
        ("LEARNING_INSTITUTION", 2, 2, 2),
        ("ECONOMIC", 0, 0, 0),
        ("FAMILY", 0, 0, 0),
        ("SOCIAL_HEALTH", 0, 0, 0),
    ]
    assert [(row.kind, row.planned, row.delivered) for row in report.measures] == [("TEACHER", 2, 2), ("CATERING", 2, 2)]
    assert [(row.role.value, row.hours, row.learners) for row in report.consultations] == [("TEACHER", 2, 2)]
    assert _money(report) == {"CATERING": (2, Decimal("63.00"))}


def test_plans_learners_and_identifications_are_three_numbers(cast: Cast) -> None:
    """A learner with a plan at two schools in one semester is one learner; three risks on one plan are three identifications."""
    with whole_state():
        anna = cast.plans["Anna"]
        anna.enrolment.ends_on, anna.enrolment.end_reason = dt.date(2023, 3, 31), "MOVED"
        anna.enrolment.save()
        again = EnrolmentFactory(learner=anna.learner, institution=cast.schools["linden"], starts_on=dt.date(2023, 4, 1))
        SupportPlanFactory(enrolment=again)
        for code in ("violence", "low_motivation"):
            RiskAssessmentFactory(plan=anna, risk_factor=RiskFactor.objects.get(code=code))
        RiskAssessmentFactory(plan=anna, moment="END")
    report = _report(cast, municipality=Municipality.objects.get(code="LV-059"))
    assert report is not None
    assert (report.plans, report.learners) == (4, 3)
    learning = report.risk_identifications[0]
    assert (learning.identifications, learning.plans, learning.learners) == (5, 3, 3)


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "APPROVED_BY_INSTITUTION", "APPROVED_BY_MUNICIPALITY", "RETURNED"])
def test_a_plan_that_never_became_active_counts_nowhere(cast: Cast, status: str) -> None:
    with whole_state():
        SupportPlan.objects.filter(pk=cast.plans["Anna"].pk).update(status=status, activated_at=None)
    report = _maple(cast)
    assert (report.plans, report.risk_identifications[0].identifications) == (1, 1)
    assert (report.consultations[0].hours, _money(report)) == (1, {"CATERING": (1, Decimal("31.50"))})
    assert [row.planned for row in report.measures] == [1, 1]


def test_a_plan_interrupted_after_it_became_active_still_counts(cast: Cast) -> None:
    with whole_state():
        SupportPlan.objects.filter(pk=cast.plans["Anna"].pk).update(
            status="INTERRUPTED", interrupted_at=dt.datetime(2023, 3, 1, tzinfo=dt.UTC)
        )
    assert _maple(cast).plans == 2


@pytest.mark.parametrize("side", ["provider_confirmed_at", "learner_confirmed_at"])
def test_an_hour_counts_once_both_sides_confirmed(cast: Cast, side: str) -> None:
    with whole_state():
        Consultation.objects.filter(learner=cast.learners["Anna"]).update(**{side: None})
    report = _maple(cast)
    assert [(row.hours, row.learners) for row in report.consultations] == [(1, 1)]
    assert [(row.kind, row.planned, row.delivered) for row in report.measures] == [("TEACHER", 2, 1), ("CATERING", 2, 2)]


def test_money_is_net_of_reversals_and_only_settled(cast: Cast) -> None:
    with whole_state():
        anna = MeasureFactory(plan=cast.plans["Anna"], code="ACCOMMODATION")
        partly = ClaimFactory(measure=anna, amount=Decimal("40.00"), status="PAID")
        ClaimFactory(measure=anna, amount=Decimal("-15.25"), reverses=partly, status="PAID")
        ClaimFactory(measure=anna, amount=Decimal("99.00"), status="REJECTED")
        ClaimFactory(measure=anna, amount=Decimal("99.00"), status="CLAIMED")
        davis = MeasureFactory(plan=cast.plans["Dāvis"], code="ACCOMMODATION")
        wholly = ClaimFactory(measure=davis, amount=Decimal("20.00"))
        ClaimFactory(measure=davis, amount=Decimal("-20.00"), reverses=wholly)
        ClaimFactory(measure=davis, amount=Decimal("-7.00"), reverses=wholly, status="REJECTED")
    report = _maple(cast)
    assert _money(report)["ACCOMMODATION"] == (1, Decimal("24.75"))
    assert {row.kind: (row.planned, row.delivered) for row in report.measures}["ACCOMMODATION"] == (2, 1)


def test_another_semester_has_its_own(cast: Cast) -> None:
    running = Semester.objects.get(code="2023/2024-1")
    report = _report(cast, semester=running)
    assert report is not None
    assert (report.plans, report.learners, _money(report)) == (1, 1, {"CATERING": (1, Decimal("31.50"))})


@pytest.mark.parametrize(("day", "plans"), [(dt.date(2025, 6, 30), 3), (dt.date(2025, 7, 1), 4)])
def test_a_municipality_by_the_division_of_a_day(cast: Cast, day: dt.date, plans: int) -> None:
    report = _report(cast, municipality=Municipality.objects.get(code="LV-059"), division_on=day)
    assert report is not None
    assert report.plans == plans


def test_a_region_and_the_whole_scope(cast: Cast) -> None:
    vidzeme = _report(cast, region=Region.objects.get(code="Vidzeme"))
    everything, own = _report(cast), _report(cast, "author of maple")
    assert vidzeme is not None
    assert everything is not None
    assert own is not None
    assert (vidzeme.plans, everything.plans, own.plans) == (4, 6, 2)


@pytest.mark.parametrize(
    ("person", "unit", "code", "gets"),
    [
        ("author of maple", "institution", "maple", True),
        ("author of maple", "institution", "birch", False),
        ("author of maple", "municipality", "LV-059", False),  # two schools, one in reach: a part is not the whole
        ("coordinator of madona", "municipality", "LV-059", True),
        ("coordinator of madona", "municipality", "LV-042", False),
        ("coordinator of madona", "municipality", "LV-002", False),  # no school there: nothing is in reach either
        ("coordinator of madona", "region", "Vidzeme", False),
        ("coordinator of vidzeme", "region", "Vidzeme", True),
        ("researcher", "region", "Vidzeme", True),
        ("expert", "institution", "maple", False),
        ("editor", "municipality", "LV-059", False),
    ],
)
def test_only_what_is_wholly_in_reach(cast: Cast, person: str, unit: str, code: str, gets: bool) -> None:
    models: dict[str, Any] = {"municipality": Municipality, "region": Region}
    asked = cast.schools[code] if unit == "institution" else models[unit].objects.get(code=code)
    assert (_report(cast, person, **{unit: asked}) is not None) == gets


@pytest.mark.parametrize("person", ["expert", "editor", "ngo of madona", "team member of maple"])
def test_who_reads_no_statistics_gets_no_report(cast: Cast, person: str) -> None:
    assert _report(cast, person) is None


def test_two_units_at_once_are_a_mistake(cast: Cast) -> None:
    with pytest.raises(ValueError, match="one unit"):
        _report(cast, institution=cast.schools["maple"], region=Region.objects.get(code="Vidzeme"))


def test_the_hash_is_over_the_figures_alone(cast: Cast) -> None:
    first, second = _maple(cast), _maple(cast)
    assert first.generated_at < second.generated_at
    assert first.content_hash == second.content_hash
    assert len(first.content_hash) == 64
    assert dataclasses.replace(first, generated_at=second.generated_at, as_of=second.as_of) == second
    with whole_state():
        ConsultationFactory(measure=cast.plans["Anna"].measures.get(kind_code="TEACHER"), held_on=dt.date(2023, 3, 6))
    assert _maple(cast).content_hash != first.content_hash


def test_six_statements_at_most(cast: Cast, django_assert_max_num_queries: Any) -> None:
    scope, semester = cast.scope("agency"), Semester.objects.get(code="2022/2023-2")
    madona = Municipality.objects.get(code="LV-059")
    with whole_state(), django_assert_max_num_queries(6):
        semester_report(scope=scope, semester=semester, municipality=madona, division_on=TODAY)
    with whole_state(), django_assert_max_num_queries(5):
        semester_report(scope=scope, semester=semester, institution=cast.schools["maple"])

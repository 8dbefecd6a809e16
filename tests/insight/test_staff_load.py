"""The load of specialists, against sums that the test makes by itself: by role, over all, at every level, now and then."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any

import pytest

from backend.accounts.scope import scoped
from backend.cases.delivery.models import Consultation
from backend.core.clock import now
from backend.insight.statistics.full_report import full_report
from backend.insight.statistics.rollups.keeping import differences, fold_all
from backend.insight.statistics.staff_load import StaffLoad
from backend.registry.models import SpecialistRole
from backend.territory.models import Municipality, Region, Semester
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import (
    ConsultationFactory,
    EnrolmentFactory,
    MeasureFactory,
    SupportPlanFactory,
    UserFactory,
    whole_state,
)

UNITS: dict[str, Any] = {
    "country": lambda cast: {},
    "region": lambda cast: {"region": Region.objects.get(code="Vidzeme")},
    "municipality": lambda cast: {"municipality": Municipality.objects.get(code="LV-059")},
    "school": lambda cast: {"institution": cast.schools["maple"]},
}


def _load(cast: Cast, unit: dict[str, Any], **more: Any) -> list[StaffLoad]:
    scope = cast.scope("agency")
    with scoped(scope):
        full = full_report(
            scope=scope, semester=Semester.objects.get(code="2022/2023-2"), **({"division_on": TODAY} | unit | more)
        )
        assert full is not None
        return full.staff_load


def _tenth(total: int, number: int) -> Decimal:
    return (Decimal(total) / number).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _counted(schools: set[Any]) -> list[StaffLoad]:
    """From single hours, by other means than SQL."""
    hours: dict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    people: dict[Any, dict[Any, set[Any]]] = defaultdict(lambda: defaultdict(set))
    with whole_state():
        rows = list(
            Consultation.objects.filter(
                measure__plan__semester__code="2022/2023-2",
                measure__plan__activated_at__isnull=False,
                measure__plan__institution__in=schools,
                provider_confirmed_at__isnull=False,
                learner_confirmed_at__isnull=False,
                voided_at=None,
            )
        )
    for row in rows:
        for role in (row.specialist_role, None):
            hours[role][row.provider_id] += row.hours
            people[role][row.provider_id].add(row.learner_id)
    found = []
    for role in (*SpecialistRole, None):
        if role in hours:
            each, many = sorted(hours[role].values()), sorted(len(learners) for learners in people[role].values())
            quarters = [each[ceil(len(each) * share) - 1] for share in (0.25, 0.5, 0.75)]
            everybody = set().union(*people[role].values())
            found.append(
                StaffLoad(
                    SpecialistRole(role) if role else None,
                    *(len(each), sum(each), len(everybody), _tenth(sum(each), len(each)), *quarters, each[-1]),
                    *(_tenth(sum(many), len(many)), many[ceil(len(many) / 2) - 1], many[-1]),
                )
            )
    return found


def _busy(cast: Cast) -> None:
    """Anna goes from one school to another, and one of her specialists with her, who works in two roles at the first."""
    anna, davis = cast.plans["Anna"], cast.plans["Dāvis"]
    anna.enrolment.ends_on, anna.enrolment.end_reason = dt.date(2023, 3, 31), "MOVED"
    anna.enrolment.save()
    again = SupportPlanFactory(
        enrolment=EnrolmentFactory(learner=anna.learner, institution=cast.schools["linden"], starts_on=dt.date(2023, 4, 1))
    )
    both, other = UserFactory(), UserFactory()
    day = dt.date(2023, 4, 3)
    for plan, role, provider, number in (
        (anna, "PSYCHOLOGIST", both, 3),
        (anna, "SOCIAL_PEDAGOGUE", both, 2),
        (again, "PSYCHOLOGIST", both, 4),
        (davis, "PSYCHOLOGIST", other, 7),
        (davis, "SOCIAL_PEDAGOGUE", both, 1),
    ):
        measure = MeasureFactory(plan=plan, code=role)
        for _ in range(number):
            ConsultationFactory(measure=measure, provider=provider, held_on=day)
            day += dt.timedelta(days=1)


@pytest.mark.parametrize("unit", UNITS)
def test_the_load_is_what_single_hours_say(cast: Cast, unit: str) -> None:
    with whole_state():
        _busy(cast)
    asked = UNITS[unit](cast)
    with whole_state():
        reached = {
            school
            for school in cast.schools.values()
            if unit == "country"
            or school == asked.get("institution")
            or school.municipality == asked.get("municipality")
            or ("region" in asked and school.municipality is not None and school.municipality.region == asked["region"])
        }
    expected = _counted(reached)
    assert _load(cast, asked) == expected, "they wait"
    fold_all()
    assert _load(cast, asked) == expected, "they are folded"
    assert differences() == {}
    by_role = {load.role: load for load in expected}
    if unit == "municipality":
        psychologists = by_role[SpecialistRole.PSYCHOLOGIST]
        assert (psychologists.specialists, psychologists.hours, psychologists.learners) == (2, 14, 2)
        assert (psychologists.learners_most, psychologists.hours_most) == (1, 7), "who has Anna at both schools has one learner"
        assert by_role[None].specialists < sum(load.specialists for role, load in by_role.items() if role)


def test_nobody_has_no_load(cast: Cast) -> None:
    with whole_state():
        Consultation.objects.all().update(voided_at=now(), void_reason="Cita diena")
    assert _load(cast, {}) == []


def test_a_report_with_load_and_tables_takes_five_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    scope, semester = cast.scope("agency"), Semester.objects.get(code="2022/2023-2")
    with scoped(scope), django_assert_max_num_queries(5):
        full = full_report(scope=scope, semester=semester, division_on=TODAY, **UNITS["municipality"](cast))
        assert full is not None
        assert full.tables
        assert full.staff_load
        assert full.corrections == []

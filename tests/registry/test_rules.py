"""Rules that are data: what the database refuses in them, and what is loaded."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_DOWN, Decimal

import pytest

from backend.accounts.scope import NOBODY
from backend.registry.models import (
    ApprovalTier,
    Deadline,
    IncompatibleRoles,
    MeasureKind,
    OutcomeTheme,
    Position,
    Tariff,
)
from backend.registry.selectors import grades_covered, tariffs
from backend.territory.models import BudgetRevision, BudgetShare, EligibleKind, FundingRule, Programme, TargetGroup
from tests.cases.test_constraints import refused

pytestmark = pytest.mark.usefixtures("reference")


def _next(tariff: Tariff, **values: object) -> Tariff:
    given = {
        "programme": tariff.programme,
        "category": tariff.category,
        "kind_code": tariff.kind_code,
        "unit": tariff.unit,
        "rate": Decimal("9.00"),
        "valid_from": dt.date(2023, 9, 1),
    }
    return Tariff.objects.create(**given | values)


def test_versions_of_a_tariff_do_not_overlap(reference: dict[str, int]) -> None:
    teacher = Tariff.objects.get(kind_code="TEACHER")
    refused("tariff_no_overlap", lambda: _next(teacher))
    Tariff.objects.filter(pk=teacher.pk).update(valid_to=dt.date(2023, 9, 1))
    refused("tariff_no_overlap", lambda: _next(teacher))
    Tariff.objects.filter(pk=teacher.pk).update(valid_to=dt.date(2023, 8, 31))
    _next(teacher)
    on = {day: tariffs(scope=NOBODY, on=day).get(kind_code="TEACHER").rate for day in (dt.date(2023, 8, 31), dt.date(2023, 9, 1))}
    assert list(on.values()) == [Decimal("8.50"), Decimal("9.00")]


def test_a_version_says_what_it_said(reference: dict[str, int]) -> None:
    teacher = Tariff.objects.filter(kind_code="TEACHER")
    for values in ({"rate": Decimal(1)}, {"valid_from": dt.date(2018, 1, 1)}, {"unit": "DAY"}):
        refused("tariff_version_stays", lambda values=values: teacher.update(**values))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("tariff_says_something", {"rate": None}),
        ("tariff_says_something", {"rate": Decimal(0)}),
        ("tariff_cap_has_period", {"cap": Decimal(5)}),
        ("tariff_kind", {"kind_code": "CATERING"}),
        ("tariff_validity", {"valid_to": dt.date(2023, 8, 31)}),
    ],
)
def test_a_tariff_is_sound(reference: dict[str, int], constraint: str, values: dict[str, object]) -> None:
    teacher = Tariff.objects.get(kind_code="TEACHER")
    Tariff.objects.filter(pk=teacher.pk).update(valid_to=dt.date(2023, 8, 30))
    refused(constraint, lambda: _next(teacher, **values))


def test_every_kind_has_a_tariff_and_what_was_not_found_says_so() -> None:
    assert set(Tariff.objects.values_list("kind_code", flat=True)) == set(MeasureKind.objects.values_list("code", flat=True))
    assert set(Tariff.objects.exclude(source_status="ASSUMED").values_list("kind_code", "rate")) == {
        ("YOUTH_PROJECT", Decimal("4600.00"))
    }
    assert list(Deadline.objects.exclude(source_status="ASSUMED").values_list("step", "days")) == [("REMOTE_CONFIRM", 1)]
    assert OutcomeTheme.objects.count() == 8
    assert Position.objects.get(is_default=True).name_lv == "pedagogs"


def test_one_default_position_and_pairs_of_roles_in_order() -> None:
    refused("position_one_default", lambda: Position.objects.filter(code="psihologs").update(is_default=True))
    pair = IncompatibleRoles.objects.first()
    assert pair is not None
    swapped = {"first_role": pair.second_role, "second_role": pair.first_role}
    refused("incompatible_roles_order", lambda: IncompatibleRoles.objects.filter(pk=pair.pk).update(**swapped))
    refused("approval_tier_numbers", lambda: ApprovalTier.objects.update(approvals=0))


def test_grades_by_day() -> None:
    days = [dt.date(2021, 8, 31), dt.date(2021, 9, 1), dt.date(2017, 3, 15)]
    assert [grades_covered(on=day) for day in days] == [range(5, 13), range(1, 13), None]
    refused(
        "target_group_one_at_a_time",
        lambda: TargetGroup.objects.filter(valid_from=dt.date(2021, 9, 1)).update(valid_from=dt.date(2021, 8, 31)),
    )
    kinds = EligibleKind.objects.filter(valid_from__lte=dt.date(2018, 9, 1)).values_list("kind", flat=True)
    assert set(kinds) == {"GENERAL", "STATE_VOCATIONAL", "MUNICIPAL_VOCATIONAL"}


@pytest.mark.parametrize("code", ["plan", "esfondi.lv"])
def test_the_rule_gives_the_published_division(code: str) -> None:
    """85 % rounded down: whole euro in the plan, cents in the later figure."""
    rule, revision = FundingRule.objects.get(), BudgetRevision.objects.get(code=code)
    unit = rule.plan_precision if code == "plan" else rule.payment_precision
    rounded = (revision.total * rule.share / unit).quantize(Decimal(1), rounding=ROUND_DOWN) * unit
    shares = {share.source_of_funds_id: share.amount for share in revision.shares.all()}
    assert shares == {rule.rounded_source_id: rounded, rule.rest_source_id: revision.total - rounded}


def test_a_budget_adds_up() -> None:
    refused("budget_adds_up", lambda: BudgetShare.objects.filter(revision__code="plan").update(amount=1))
    refused("budget_adds_up", lambda: BudgetRevision.objects.create(programme=Programme.objects.get(), code="x", total=1))

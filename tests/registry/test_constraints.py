"""What the database refuses in the registry, whoever writes it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.core.clock import now
from backend.registry.models import ApprovalTier, CooperationAgreement, InstitutionParticipation, MeasureKind, RiskFactor
from backend.territory.models import Municipality, Programme, Semester, TargetGroup
from tests.factories.cast import Cast
from tests.factories.versions import supersede


def _agreement(**partner: Any) -> CooperationAgreement:
    return CooperationAgreement.objects.create(programme=Programme.objects.get(), signed_on=dt.date(2018, 1, 8), **partner)


def _refused(name: str) -> Any:
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize("partners", [(), ("municipality", "institution")])
def test_an_agreement_has_exactly_one_partner(cast: Cast, partners: tuple[str, ...]) -> None:
    both = {"municipality": Municipality.objects.get(code="LV-059"), "institution": cast.schools["technical"]}
    with _refused("agreement_one_partner"), transaction.atomic():
        _agreement(**{name: both[name] for name in partners})


def test_a_number_is_given_once_but_may_be_unknown_often(cast: Cast) -> None:
    _agreement(institution=cast.schools["technical"])
    _agreement(municipality=Municipality.objects.get(code="LV-042"))
    madona = Municipality.objects.get(code="LV-059")
    _agreement(municipality=madona, number="P6-13/17")
    with _refused("agreement_number"), transaction.atomic():
        _agreement(municipality=madona, number="P6-13/17")


def test_an_institution_takes_part_once_at_a_time(cast: Cast) -> None:
    agreement = _agreement(municipality=Municipality.objects.get(code="LV-059"))
    period = {"agreement": agreement, "institution": cast.schools["maple"]}
    InstitutionParticipation.objects.create(joined_on=dt.date(2018, 1, 8), left_on=dt.date(2019, 6, 30), **period)
    InstitutionParticipation.objects.create(joined_on=dt.date(2019, 7, 1), **period)
    with _refused("participation_once_at_a_time"), transaction.atomic():
        InstitutionParticipation.objects.create(joined_on=dt.date(2022, 1, 1), **period)


def test_a_factor_of_family_cannot_be_declared_harmless(reference: dict[str, int]) -> None:
    with _refused("risk_factor_special_groups"), transaction.atomic():
        RiskFactor.objects.filter(code="parents_absent").update(fact_class="PERSONAL")


def test_versions_of_a_factor_follow_each_other(reference: dict[str, int]) -> None:
    factor = RiskFactor.objects.get(code="violence")
    later = {"group": factor.group, "code": factor.code, "fact_class": "PERSONAL", "name_lv": "Vardarbība skolā"}
    with _refused("risk_factor_one_at_a_time"), transaction.atomic():
        RiskFactor.objects.create(valid_from=dt.date(2020, 1, 1), **later)
    RiskFactor.objects.filter(pk=factor.pk).update(valid_to=dt.date(2019, 12, 31))
    RiskFactor.objects.create(valid_from=dt.date(2020, 1, 1), **later)


def test_a_version_says_what_it_said(reference: dict[str, int]) -> None:
    factor, tier = RiskFactor.objects.filter(code="violence"), ApprovalTier.objects.filter(subject="PLAN", approvals=2)
    group = TargetGroup.objects.filter(valid_to=None, programme_kind="GENERAL")
    for rows, values in ((factor, {"name_lv": "Citādi"}), (tier, {"amount_from": 1}), (group, {"first_stage": 2})):
        with _refused("reference_version_stays"), transaction.atomic():
            rows.update(**values)
        with _refused("reference_version_stays"), transaction.atomic():
            rows.delete()
        assert rows.update(valid_to=dt.date(2023, 12, 31), version=2) == 1


def test_the_lists_of_a_closed_semester_stay(reference: dict[str, int]) -> None:
    Semester.objects.filter(code="2022/2023-2").update(closed_at=now())
    closed = Semester.objects.get(code="2022/2023-2").plan_period_ends_on
    tier = ApprovalTier.objects.filter(subject="PLAN", approvals=2)
    for last in (closed - dt.timedelta(days=1), dt.date(2020, 1, 1)):
        with _refused("reference_semester_closed"), transaction.atomic():
            tier.update(valid_to=last)
    with _refused("reference_semester_closed"), transaction.atomic():
        supersede(tier, on=closed, amount_from=9)
    supersede(tier, on=closed + dt.timedelta(days=1), amount_from=9)


def test_a_kind_belongs_to_its_category(reference: dict[str, int]) -> None:
    with _refused("measure_kind_code_fits_category"), transaction.atomic():
        MeasureKind.objects.filter(code="CATERING").update(category="CONSULTATION")

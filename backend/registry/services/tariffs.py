"""Tariffs as versions: a change is a new row that begins where the old one ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import command
from backend.accounts.permissions import Place, require_at
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.core import inputs
from backend.core.models import SourceStatus
from backend.core.refusals import Code, Problems
from backend.registry.models import CapPeriod, MeasureKind, Tariff, TariffUnit
from backend.registry.services.versions import check_period, check_versions, end_before, of_version, versions_at
from backend.territory.models import Institution, Programme
from backend.territory.selectors import in_force

LARGEST_RATE = Decimal("99999.99")
LARGEST_CAP = Decimal("9999999.99")


@dataclass(frozen=True)
class _Terms:
    """What a version says, checked."""

    rate: Decimal | None
    cap: Decimal | None
    cap_period: str


@command("setTariff", answer=of_version(Tariff))
def set_tariff(
    *,
    scope: Scope,
    unit: str,
    valid_from: dt.date,
    kind_id: UUID | None = None,
    kind_code: str = "",
    rate: Decimal | None = None,
    cap: Decimal | None = None,
    cap_period: str = "",
    institution_id: UUID | None = None,
    valid_to: dt.date | None = None,
    source: str = "",
    source_status: str = SourceStatus.ASSUMED,
    preview_only: bool = False,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> Tariff | None:
    """Write a rate (euro for a unit), a limit (euro for a learner in a period), or both, for a kind of measure from a day on.

    The version in force on that day ends the day before; `expected_version` is its version. With `preview_only` everything is
    checked and nothing written, and there is no tariff to give back. What a change touches is counted by
    `backend.cases.reimbursements.previews`.

    Raises Refusal: NOT_ALLOWED (the agency alone), NOT_FOUND, REQUIRED, INVALID, LIMIT_EXCEEDED of the inputs, OUT_OF_PERIOD
    (outside the programme), LOCKED (the first day lies in a closed semester), CONFLICT (another version begins in the period,
    or the one in force has changed).
    """
    require_at(scope=scope, act=Act.SET_TARIFF, place=Place())
    problems = Problems()
    inputs.date(problems, valid_from, "valid_from")
    problems.refuse()
    kind = _kind(kind_id, kind_code, on=valid_from)
    programme = Programme.objects.filter(starts_on__lte=valid_from, ends_on__gte=valid_from).order_by("-starts_on").first()
    if kind is None:
        problems.add(Code.NOT_FOUND, _("There is no such kind of measure. Choose one of the list."), "kind_id")
    if programme is None:
        problems.add(Code.OUT_OF_PERIOD, _("No programme runs on that day. Check the year."), "valid_from")
    if institution_id is not None and not Institution.objects.filter(pk=institution_id).exists():
        problems.add(Code.NOT_FOUND, _("There is no such institution. Check the id."), "institution_id")
    _check_choices(problems, unit, source_status)
    terms = _terms(problems, rate, cap, cap_period)
    stated = inputs.line(problems, source, "source", longest=500, required=False)
    check_period(problems, valid_from, valid_to)
    problems.refuse()
    assert kind is not None  # noqa: S101 (its absence is a problem, refused above)
    assert programme is not None  # noqa: S101
    holder = Q(institution_id=institution_id) if institution_id is not None else Q(institution=None)
    versions = Tariff.objects.filter(holder, programme=programme, kind_code=kind.code)
    standing = versions_at(versions, valid_from)
    check_versions(problems, versions, standing, valid_from, valid_to, expected_version)
    problems.refuse()
    if preview_only:
        return None
    if standing is not None:
        end_before(standing, valid_from)
    tariff = Tariff(
        programme=programme,
        institution_id=institution_id,
        category=kind.category,
        kind_code=kind.code,
        unit=unit,
        rate=terms.rate,
        cap=terms.cap,
        cap_period=terms.cap_period,
        valid_from=valid_from,
        valid_to=valid_to,
        source=stated,
        source_status=source_status,
    )
    tariff.save(force_insert=True)
    return tariff


def _kind(kind_id: UUID | None, kind_code: str, *, on: dt.date) -> MeasureKind | None:
    """The kind by its key; a code means the version in force on the day."""
    if kind_id is not None:
        return MeasureKind.objects.filter(pk=kind_id).first()
    return MeasureKind.objects.filter(in_force(on), code=kind_code).first()


def _check_choices(problems: Problems, unit: str, source_status: str) -> None:
    if unit not in TariffUnit.values:
        problems.add(Code.INVALID, _("Choose what the rate is for."), "unit")
    if source_status not in SourceStatus.values:
        problems.add(Code.INVALID, _("Choose how sure the value is."), "source_status")


def _terms(problems: Problems, rate: Decimal | None, cap: Decimal | None, cap_period: str) -> _Terms:
    if rate is None and cap is None:
        problems.add(Code.REQUIRED, _("Give a rate, a limit, or both."), "rate")
    if rate is not None:
        inputs.amount(problems, rate, "rate", largest=LARGEST_RATE)
    if cap is not None:
        inputs.amount(problems, cap, "cap", largest=LARGEST_CAP)
        if cap_period not in CapPeriod.values:
            problems.add(Code.REQUIRED, _("Say over what the limit counts."), "cap_period")
    elif cap_period:
        problems.add(Code.INVALID, _("There is no limit that this could be the period of."), "cap_period")
    return _Terms(rate=rate, cap=cap, cap_period=cap_period if cap is not None else "")

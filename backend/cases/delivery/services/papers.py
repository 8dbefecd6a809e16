"""What hours stand on: the agreement and sheet of a measure, and the director's order for remote hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Min
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.attachments import may_name_others, users_attached
from backend.accounts.commands import by_key, command
from backend.accounts.models import Role
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.casefiles.models import FilePurpose
from backend.cases.delivery.locking import lock_hours
from backend.cases.delivery.models import Consultation, ConsultationSheet, RemoteOrder, RemoteOrderPlan, RemoteOrderStaff
from backend.cases.delivery.opening import open_sheets
from backend.cases.delivery.proofs import Proofs
from backend.cases.plans.models import Measure, PlanStatus, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, refuse
from backend.registry.models import MeasureCategory
from backend.territory.models import Institution

MOST_NAMED = 500
"""Specialists or plans of one order: a guard against slips."""


@command("recordConsultationSheet", answer=by_key(ConsultationSheet))
def record_consultation_sheet(
    *,
    scope: Scope,
    measure_id: UUID,
    provider_id: UUID | None = None,
    signed_on: dt.date | None = None,
    agreement_file_id: UUID | None = None,
    sheet_file_id: UUID | None = None,
    client_mutation_id: str = "",
) -> ConsultationSheet:
    """The agreement of a specialist with a learner on a measure, and its sheet: one for each measure and semester (domain.md 3.1,
    IAP-20, IAP-22). The first hour opens the sheet by itself; this adds when the agreement was signed, and the scans.

    The scan of the signed sheet closes it. Raises Refusal: NOT_FOUND, NOT_ALLOWED, UNMET_CONDITION (not attached), INVALID,
    OUT_OF_PERIOD (signed after its first hour, or outside the plan), LOCKED (closed).
    """
    measure = Measure.objects.filter(PLANS.visible(scope), pk=measure_id).select_related("plan", "kind").first()
    if measure is None:
        refuse(Code.NOT_FOUND, _("No such measure within your reach. Check the id."), "measure_id")
    require(scope=scope, act=Act.RECORD_CONSULTATION_SHEET, institution_id=measure.institution_id, field="measure_id")
    provider = provider_id or scope.principal_id
    problems = Problems()
    if measure.kind.category != MeasureCategory.CONSULTATION:
        problems.add(Code.INVALID, _("This measure gives no consultations. Choose another of the plan."), "measure_id")
    _check_provider(problems, scope, provider, measure)
    proofs = Proofs(problems, scope, measure.institution_id, measure.learner_id)
    agreement = proofs.find(agreement_file_id, FilePurpose.AGREEMENT, "agreement_file_id")
    scan = proofs.find(sheet_file_id, FilePurpose.SIGNED_SHEET, "sheet_file_id")
    problems.refuse()
    assert provider is not None  # noqa: S101  (nobody is not attached, refused above)
    lock_hours(plan_ids=[measure.plan_id])
    open_sheets([(measure.pk, provider)], now=now())
    sheet = ConsultationSheet.objects.get(measure=measure, provider_id=provider)
    if sheet.closed_at is not None:
        refuse(Code.LOCKED, _("The sheet of this measure was closed. Plan another measure for further hours."), "measure_id")
    if signed_on is not None:
        _check_signed(problems, signed_on, measure, provider)
        sheet.signed_on = signed_on
    problems.refuse()
    sheet.agreement_file = agreement or sheet.agreement_file
    sheet.sheet_file = scan or sheet.sheet_file
    sheet.closed_at = now() if scan else None
    sheet.version += 1
    sheet.updated_at = now()
    sheet.save()
    return sheet


@command("recordRemoteOrder", answer=by_key(RemoteOrder))
def record_remote_order(
    *,
    scope: Scope,
    institution_id: UUID,
    number: str,
    signed_on: dt.date,
    valid_from: dt.date,
    valid_to: dt.date,
    channels: Sequence[str],
    confirmation: str,
    provider_ids: Sequence[UUID],
    plan_ids: Sequence[UUID],
    file_id: UUID | None = None,
    client_mutation_id: str = "",
) -> RemoteOrder:
    """A director's order that allows remote consultations: the staff, the learners by their plans, the channels, and how they are
    confirmed (domain.md 3.1, REM). Written once; another order extends it.

    Raises Refusal at `provider_ids.<n>` and `plan_ids.<n>` too: NOT_FOUND, NOT_ALLOWED, REQUIRED, INVALID, DUPLICATE,
    UNMET_CONDITION (not attached, plan not active), LIMIT_EXCEEDED.
    """
    if not Institution.objects.filter(pk=institution_id).exists():
        refuse(Code.NOT_FOUND, _("There is no such institution. Check the id."), "institution_id")
    require(scope=scope, act=Act.RECORD_REMOTE_ORDER, institution_id=institution_id, field="institution_id")
    problems = Problems()
    stated = _Words.checked(problems, number, channels, confirmation)
    for name, day in (("signed_on", signed_on), ("valid_from", valid_from), ("valid_to", valid_to)):
        inputs.date(problems, day, name)
    if valid_to < valid_from:
        problems.add(Code.INVALID, _("The last day lies before the first. Exchange or correct them."), "valid_to")
    if RemoteOrder.objects.filter(institution_id=institution_id, number=stated.number).exists():
        problems.add(Code.DUPLICATE, _("The institution has an order of this number. Check the number."), "number")
    _check_staff(problems, provider_ids, institution_id, on=valid_from)
    plans = _plans(problems, scope, plan_ids, institution_id)
    file = Proofs(problems, scope, institution_id).find(file_id, FilePurpose.REMOTE_ORDER, "file_id")
    problems.refuse()
    order = RemoteOrder(
        institution_id=institution_id,
        number=stated.number,
        signed_on=signed_on,
        valid_from=valid_from,
        valid_to=valid_to,
        channels=stated.channels,
        confirmation=stated.confirmation,
        file=file,
    )
    order.save(force_insert=True)
    RemoteOrderStaff.objects.bulk_create(
        RemoteOrderStaff(order=order, institution_id=institution_id, user_id=user) for user in dict.fromkeys(provider_ids)
    )
    RemoteOrderPlan.objects.bulk_create(
        RemoteOrderPlan(order=order, institution_id=institution_id, plan=plan, learner_id=plan.learner_id) for plan in plans
    )
    return order


# -- the sheet -----------------------------------------------------------------------------------------------------------
def _check_provider(problems: Problems, scope: Scope, provider: UUID | None, measure: Measure) -> None:
    others = provider != scope.principal_id
    coordinates = any(
        held.role == Role.INSTITUTION_COORDINATOR and held.covers(measure.institution_id) for held in scope.holdings
    )
    if others and not coordinates and not may_name_others(scope=scope):
        message = _("Record your own sheets; the institution's coordinator records those of others.")
        problems.add(Code.NOT_ALLOWED, message, "provider_id")
    elif provider is None or not users_attached(
        role=Role.SUPPORT_PROVIDER, institution_id=measure.institution_id, user_ids=[provider], on=scope.on
    ):
        message = _("The specialist is not attached to the institution as support provider. Have them added first.")
        problems.add(Code.UNMET_CONDITION, message, "provider_id")


def _check_signed(problems: Problems, signed_on: dt.date, measure: Measure, provider: UUID) -> None:
    inputs.date(problems, signed_on, "signed_on")
    given = Consultation.objects.filter(measure=measure, provider_id=provider, voided_at=None)
    first = given.aggregate(first=Min("held_on"))["first"]
    if first is not None and first < signed_on:
        message = _("The first hour was given before this day. Correct the day, or strike the hour out.")
        problems.add(Code.OUT_OF_PERIOD, message, "signed_on")
    elif signed_on > measure.plan.period_to:
        problems.add(Code.OUT_OF_PERIOD, _("The day lies after the plan's end. Check the date."), "signed_on")


# -- the order -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Words:
    number: str
    channels: list[str]
    confirmation: str

    @classmethod
    def checked(cls, problems: Problems, number: str, channels: Sequence[str], confirmation: str) -> _Words:
        if not channels:
            problems.add(Code.REQUIRED, _("Name at least one channel, such as e-klase."), "channels")
        elif len(channels) > MOST_NAMED:
            problems.add(Code.LIMIT_EXCEEDED, format_lazy(_("Name at most {most}."), most=MOST_NAMED), "channels")
        named = [inputs.line(problems, each, f"channels.{place}", longest=60) for place, each in enumerate(channels[:MOST_NAMED])]
        return cls(
            inputs.line(problems, number, "number", longest=60),
            list(dict.fromkeys(named)),
            inputs.line(problems, confirmation, "confirmation", longest=300),
        )


def _check_staff(problems: Problems, users: Sequence[UUID], institution_id: UUID, *, on: dt.date) -> None:
    if not users:
        problems.add(Code.REQUIRED, _("Name the specialists whom the order allows it."), "provider_ids")
    if len(users) > MOST_NAMED:
        problems.add(Code.LIMIT_EXCEEDED, format_lazy(_("Name at most {most}."), most=MOST_NAMED), "provider_ids")
        return
    attached = users_attached(role=Role.SUPPORT_PROVIDER, institution_id=institution_id, user_ids=users, on=on)
    for place, user in enumerate(users):
        if user not in attached:
            message = _("The specialist is not attached to the institution as support provider. Have them added first.")
            problems.add(Code.UNMET_CONDITION, message, f"provider_ids.{place}")


def _plans(problems: Problems, scope: Scope, keys: Sequence[UUID], institution_id: UUID) -> list[SupportPlan]:
    if not keys:
        problems.add(Code.REQUIRED, _("Name the plans whose learners the order is about."), "plan_ids")
    if len(keys) > MOST_NAMED:
        problems.add(Code.LIMIT_EXCEEDED, format_lazy(_("Name at most {most}."), most=MOST_NAMED), "plan_ids")
        return []
    rows = SupportPlan.objects.filter(PLANS.visible(scope), institution_id=institution_id).in_bulk(list(keys))
    for place, key in enumerate(keys):
        plan = rows.get(key)
        if plan is None:
            problems.add(Code.NOT_FOUND, _("No such plan of this institution. Check the id."), f"plan_ids.{place}")
        elif plan.status != PlanStatus.ACTIVE:
            message = _("The plan is not active. Have it approved to the end first.")
            problems.add(Code.UNMET_CONDITION, message, f"plan_ids.{place}")
    return list(rows.values())

"""Measures on a plan that is being written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import ProtectedError, Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, touch
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.plans.measure_rules import Wish, check_wish
from backend.cases.plans.models import Measure, PlanStatus, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.cases.plans.services.common import refuse_unless_open, taken_up
from backend.core import inputs
from backend.core.refusals import Code, Problems, refuse
from backend.core.text import nfc
from backend.core.trail.context import reason_noted
from backend.registry.models import MeasureKind


@command("planMeasure", answer=by_key(Measure))
def plan_measure(
    *,
    scope: Scope,
    plan_id: UUID,
    kind_id: UUID | None = None,
    kind_code: str = "",
    risk_id: UUID | None = None,
    subject: str = "",
    planned_hours: int | None = None,
    planned_amount: Decimal | None = None,
    months: Sequence[int] = (),
    note: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> Measure:
    """Add a measure to a plan that is being written; the plan's version rises, and `expected_version` is the plan's.

    The kind is named by its id or by its code; a code means the version of the list that is in force in the plan's period.
    A consultation plans hours (and, a teacher's, its subject), a reimbursement an amount in euro, a youth project neither;
    measures and subjects are not mixed (domain.md 3.1). A risk, when named, is one of the same plan. Raises Refusal:
    NOT_FOUND, NOT_ALLOWED, CONFLICT (another version), LOCKED (submitted, or the semester is closed), REQUIRED, INVALID.
    """
    plan = taken_up(scope=scope, plan_id=plan_id, expected_version=expected_version)
    require(scope=scope, act=Act.PLAN_MEASURE, institution_id=plan.institution_id, field="plan_id")
    refuse_unless_open(plan)
    kind = _kind(plan, kind_id, kind_code)
    if kind is None:
        refuse(Code.NOT_FOUND, _("There is no such kind of measure. Choose one of the list."), "kind_id")
    problems = Problems()
    wish = Wish(kind, risk_id, subject, planned_hours, planned_amount, tuple(months), note)
    stated = check_wish(problems, plan, wish)
    problems.refuse()
    measure = Measure(
        plan=plan,
        learner_id=plan.learner_id,
        institution_id=plan.institution_id,
        kind=kind,
        category=kind.category,
        kind_code=kind.code,
        risk_id=risk_id,
        subject=stated.subject,
        planned_hours=planned_hours,
        planned_amount=planned_amount,
        months=sorted(set(months)),
        note=stated.note,
    )
    measure.save(force_insert=True)
    touch(plan)
    return measure


@command("removeMeasure", answer=by_key(SupportPlan))
def remove_measure(
    *,
    scope: Scope,
    measure_id: UUID,
    reason: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> SupportPlan:
    """Take a measure off a plan that is being written; `expected_version` is the plan's, which rises. Returns the plan.

    Its history stays in the trail. Where somebody approved the plan before it was returned, the reason is compulsory and
    stands beside it there. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, LOCKED, REQUIRED, INVALID.
    """
    place = Measure.objects.filter(PLANS.visible(scope), pk=measure_id).values_list("plan_id", flat=True).first()
    if place is None:
        refuse(Code.NOT_FOUND, _("Not found. Check the id, and that your role reaches it."), "measure_id")
    plan = taken_up(scope=scope, plan_id=place, expected_version=expected_version, field="measure_id")
    require(scope=scope, act=Act.REMOVE_MEASURE, institution_id=plan.institution_id, field="measure_id")
    refuse_unless_open(plan, field="measure_id")
    problems = Problems()
    approved = plan.steps.filter(to_status=PlanStatus.APPROVED_BY_INSTITUTION).exists()
    words = inputs.paragraphs(problems, reason, "reason", longest=2_000, required=approved)
    problems.refuse()
    measure = plan.measures.filter(pk=measure_id).first()
    if measure is None:  # somebody took it off while this command waited
        refuse(Code.NOT_FOUND, _("Not found. Check the id, and that your role reaches it."), "measure_id")
    try:
        with reason_noted(words):
            measure.delete()
    except ProtectedError:
        message = _("Something was given or promised under this measure. It stays on the plan.")
        refuse(Code.LOCKED, message, "measure_id")
    touch(plan)
    return plan


def _kind(plan: SupportPlan, kind_id: UUID | None, kind_code: str) -> MeasureKind | None:
    if kind_id is not None:
        return MeasureKind.objects.filter(pk=kind_id).first()
    in_force = Q(valid_from__lte=plan.period_to) & (Q(valid_to=None) | Q(valid_to__gte=plan.period_from))
    return MeasureKind.objects.filter(in_force, code=nfc(kind_code)[:40]).order_by("valid_from").first()

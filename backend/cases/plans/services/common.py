"""What the commands of a plan share: taking it up, the time when it is open to changes, its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import locked
from backend.accounts.scope import Scope
from backend.cases.plans.machine import MOMENTS, OPEN_TO_CHANGES
from backend.cases.plans.models import PlanStatus, PlanStep, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.cases.plans.remarks import CheckedRemark, write_remarks
from backend.core.clock import now
from backend.core.refusals import Code, refuse

FIELD = "plan_id"


def taken_up(*, scope: Scope, plan_id: UUID, expected_version: int | None, field: str = FIELD) -> SupportPlan:
    """A plan within reach for changes, locked until the transaction ends, with its semester, enrolment and institution.

    Raises Refusal: NOT_FOUND, and CONFLICT where the plan is not at `expected_version`, or, without one, where somebody
    changed it between the moment this command looked and the moment it got hold of it: of two at once one wins.
    """
    rows = SupportPlan.objects.filter(PLANS.visible(scope))
    seen = expected_version
    if seen is None:
        seen = rows.filter(pk=plan_id).order_by().values_list("version", flat=True).first()
    return locked(
        rows.select_related("semester", "enrolment", "institution", "application"), pk=plan_id, expected_version=seen, field=field
    )


def refuse_unless_open(plan: SupportPlan, *, field: str = FIELD) -> None:
    """Raise Refusal LOCKED unless the plan is being written, in a semester that is open."""
    if plan.status not in OPEN_TO_CHANGES:
        refuse(Code.LOCKED, _("The plan is no longer a draft. Have it returned before you change it."), field)
    refuse_in_closed_semester(plan, field=field)


def refuse_in_closed_semester(plan: SupportPlan, *, field: str = FIELD) -> None:
    """Raise Refusal LOCKED where the semester is closed."""
    if plan.semester.closed_at is not None:
        refuse(Code.LOCKED, _("The semester is closed. Ask the agency to reopen it."), field)


def step_on(
    plan: SupportPlan,
    *,
    scope: Scope,
    to: str,
    role: str,
    comment: str = "",
    remarks: Sequence[CheckedRemark] = (),
    **changes: Any,
) -> SupportPlan:
    """Take a locked plan to a status: the moment noted, the version raised, a step added with who, in which role, and remarks."""
    before, at = plan.status, now()
    if before != to:
        plan.status = to
        moment = MOMENTS.get(PlanStatus(to))
        if moment:
            changes[moment] = at
    changes |= {"status": plan.status, "version": plan.version + 1, "updated_at": at}
    for name, value in changes.items():
        setattr(plan, name, value)
    plan.save(update_fields=list(changes))
    step = PlanStep(
        plan=plan,
        institution_id=plan.institution_id,
        from_status=before,
        to_status=to,
        actor_id=scope.principal_id,
        role=role,
        at=at,
        comment=comment,
    )
    step.save(force_insert=True)
    write_remarks(step, remarks)
    return plan

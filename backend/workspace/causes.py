"""Why something is late: what came before it, with whom it waited and for how long. Read from the steps that were taken."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from backend.accounts.models import Role, User
from backend.accounts.scope import Scope
from backend.accounts.selectors import accounts
from backend.cases.delivery.chain import coordinator_of
from backend.cases.delivery.models import Timesheet, TimesheetStatus
from backend.cases.delivery.selectors import timesheet_steps
from backend.cases.plans.machine import role_of
from backend.cases.plans.models import PlanStatus, SupportPlan
from backend.cases.plans.selectors import plan_steps
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.cases.reimbursements.selectors import claim_decisions
from backend.territory.models import Institution
from backend.workspace.models import WorkItem, WorkKind
from backend.workspace.queue import work_items

_WAITED: dict[str, WorkKind] = {
    PlanStatus.DRAFT: WorkKind.SUBMIT_PLAN,
    PlanStatus.RETURNED: WorkKind.CORRECT_PLAN,
    PlanStatus.SUBMITTED: WorkKind.APPROVE_PLAN,
    PlanStatus.APPROVED_BY_INSTITUTION: WorkKind.APPROVE_PLAN,
    PlanStatus.APPROVED_BY_MUNICIPALITY: WorkKind.APPROVE_PLAN,
    PlanStatus.ACTIVE: WorkKind.EVALUATE_PLAN,
    PlanStatus.EVALUATED: WorkKind.CLOSE_PLAN,
}


@dataclass
class Cause:
    """Something that had to be done before: for whom it waited, who did it, from when to when."""

    kind: WorkKind
    role: str
    actor_id: UUID | None
    opened_at: dt.datetime
    ended_at: dt.datetime
    actor: User | None = None

    @property
    def days(self) -> int:
        """Days that it waited, by the calendar in Latvia."""
        return (timezone.localdate(self.ended_at) - timezone.localdate(self.opened_at)).days


def causes_of(*, scope: Scope, item_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Cause]]:
    """By item, what came before it, the latest first. Five statements at most, however many items."""
    items = list(work_items(scope=scope, everyones=True).filter(pk__in=item_ids).order_by())
    found: dict[UUID, list[Cause]] = {}
    by_tag: dict[str, list[WorkItem]] = defaultdict(list)
    for item in items:
        by_tag[item.subject_tag].append(item)
    found |= _of_plans(scope, by_tag[SupportPlan.tag])
    found |= _of_sheets(scope, [*by_tag[Timesheet.tag], *by_tag[Institution.tag]])
    found |= _of_claims(scope, by_tag[ReimbursementClaim.tag])
    _name(scope, found.values())
    return found


def _of_plans(scope: Scope, items: Sequence[WorkItem]) -> dict[UUID, list[Cause]]:
    if not items:
        return {}
    steps: dict[UUID, list[Any]] = defaultdict(list)
    for step in plan_steps(scope=scope).filter(plan_id__in={item.subject_id for item in items}):
        steps[step.plan_id].append(step)
    return {
        item.pk: [
            Cause(_WAITED[before.to_status], role_of(after), after.actor_id, before.at, after.at)
            for before, after in reversed(list(zip(steps[item.subject_id], steps[item.subject_id][1:], strict=False)))
            if before.to_status in _WAITED
        ]
        for item in items
    }


def _of_sheets(scope: Scope, items: Sequence[WorkItem]) -> dict[UUID, list[Cause]]:
    """Approvals and withdrawals of the sheet, or, for a month, of all its sheets."""
    if not items:
        return {}
    sheets = {item.subject_id for item in items if item.subject_tag == Timesheet.tag}
    months = {(item.subject_id, item.detail) for item in items if item.subject_tag == Institution.tag}
    rows = timesheet_steps(scope=scope).select_related("timesheet__institution")
    wanted = rows.filter(timesheet_id__in=sheets)
    for institution, month in months:
        wanted |= rows.filter(timesheet__institution_id=institution, timesheet__month=month)
    taken: dict[Any, list[Cause]] = defaultdict(list)
    last: dict[UUID, Any] = {}
    for step in wanted:
        before, last[step.timesheet_id] = last.get(step.timesheet_id), step
        if before is None or before.to_status == TimesheetStatus.LOCKED:
            continue
        cause = Cause(WorkKind.APPROVE_TIMESHEET, _role(step), step.actor_id, before.at, step.at)
        taken[step.timesheet_id].append(cause)
        taken[step.institution_id, str(step.timesheet.month)].append(cause)
    return {
        item.pk: sorted(
            taken[item.subject_id if item.subject_tag == Timesheet.tag else (item.subject_id, item.detail)],
            key=lambda cause: cause.ended_at,
            reverse=True,
        )
        for item in items
    }


def _role(step: Any) -> str:
    """The head's are the steps between the first two statuses, the coordinator's the others."""
    ends = {step.from_status, step.to_status}
    if ends == {TimesheetStatus.ENTERED, TimesheetStatus.APPROVED_BY_INSTITUTION}:
        return Role.INSTITUTION_HEAD
    return coordinator_of(step.timesheet.institution)


def _of_claims(scope: Scope, items: Sequence[WorkItem]) -> dict[UUID, list[Cause]]:
    """The approvals before the one that it waits for."""
    if not items:
        return {}
    decided: dict[UUID, list[Cause]] = defaultdict(list)
    rows = claim_decisions(scope=scope).filter(claim_id__in={item.subject_id for item in items}).select_related("claim")
    for decision in rows.order_by("at", "id"):
        earlier = decided[decision.claim_id]
        since = earlier[-1].ended_at if earlier else decision.claim.created_at
        earlier.append(Cause(WorkKind.DECIDE_CLAIM, "", decision.actor_id, since, decision.at))
    return {item.pk: decided[item.subject_id][::-1] for item in items}


def _name(scope: Scope, lists: Iterable[list[Cause]]) -> None:
    """Who did it, as far as the caller may know names."""
    causes = [cause for each in lists for cause in each]
    people = accounts(scope=scope).in_bulk({cause.actor_id for cause in causes if cause.actor_id is not None}) if causes else {}
    for cause in causes:
        cause.actor = people.get(cause.actor_id) if cause.actor_id else None

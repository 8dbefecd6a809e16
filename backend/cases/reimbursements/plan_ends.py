"""What claims have against the end of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.cases.plans.models import SupportPlan
from backend.cases.reimbursements.models import ClaimStatus, ReimbursementClaim
from backend.core.refusals import Code, Problem


def against_closing(plans: Sequence[SupportPlan]) -> Mapping[UUID, list[Problem]]:
    """Claims that nobody decided on."""
    undecided = ReimbursementClaim.objects.filter(measure__plan__in=plans, status=ClaimStatus.CLAIMED)
    message = _("Claims that are not decided: {count}. Have them approved or rejected first.")
    return {
        plan: [Problem(Code.UNMET_CONDITION, format_lazy(message, count=count), "plan_id")]
        for plan, count in undecided.order_by().values_list("measure__plan").annotate(Count("pk"))
    }

"""What claims have against the end of a plan."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.cases.plans.models import SupportPlan
from backend.cases.reimbursements.models import ClaimStatus, ReimbursementClaim
from backend.core.refusals import Code, Problem


def against_closing(plan: SupportPlan) -> Iterator[Problem]:
    """Claims that nobody decided on."""
    undecided = ReimbursementClaim.objects.filter(measure__plan=plan, status=ClaimStatus.CLAIMED).count()
    if undecided:
        message = _("Claims that are not decided: {count}. Have them approved or rejected first.")
        yield Problem(Code.UNMET_CONDITION, format_lazy(message, count=undecided), "plan_id")

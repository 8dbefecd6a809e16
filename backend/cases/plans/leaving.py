"""Plans stand against an institution's leaving the programme before they end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope
from backend.cases.plans.models import PlanStatus, SupportPlan
from backend.core.refusals import Code, Problem
from backend.registry.leaving import standing_against

_ENDED = (PlanStatus.CLOSED, PlanStatus.INTERRUPTED)


@standing_against
def running_plans(*, scope: Scope, institution_id: UUID, left_on: dt.date) -> Iterable[Problem]:
    """Plans of the institution that run beyond the day and are neither closed nor interrupted."""
    count = SupportPlan.objects.filter(institution_id=institution_id, period_to__gt=left_on).exclude(status__in=_ENDED).count()
    if count:
        message = _("Plans that run beyond the day: {count}. Close or interrupt them, or choose a later day.")
        yield Problem(Code.UNMET_CONDITION, format_lazy(message, count=count), "left_on")

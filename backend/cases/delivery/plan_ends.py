"""What recorded hours have against the end of a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.db.models import Count
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.cases.delivery.models import Consultation
from backend.cases.delivery.sums import UNCONFIRMED
from backend.cases.plans.models import SupportPlan
from backend.core.refusals import Code, Problem


def against_closing(plans: Sequence[SupportPlan]) -> Mapping[UUID, list[Problem]]:
    """Hours that one side has not confirmed: they would never count."""
    unconfirmed = Consultation.objects.filter(UNCONFIRMED, measure__plan__in=plans)
    message = _("Hours that not both sides confirmed: {count}. Have them confirmed, or strike them out.")
    return {
        plan: [Problem(Code.UNMET_CONDITION, format_lazy(message, count=count), "plan_id")]
        for plan, count in unconfirmed.order_by().values_list("measure__plan").annotate(Count("pk"))
    }


def against_interrupting(plan: SupportPlan, last_day: dt.date) -> Iterator[Problem]:
    """Hours given after the day on which the plan is to have ended."""
    later = Consultation.objects.filter(measure__plan=plan, voided_at=None, held_on__gt=last_day).count()
    if later:
        message = _("Hours given after that day: {count}. Name a later last day, or strike them out.")
        yield Problem(Code.UNMET_CONDITION, format_lazy(message, count=later), "last_day")

"""What differs between a plan and the one that it was carried forward from, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from backend.accounts.scope import Scope
from backend.cases.plans.models import AssessmentMoment, Measure, RiskAssessment, SupportPlan
from backend.cases.plans.policies import PLANS


class PlanPart(models.TextChoices):
    """A part of a plan."""

    RISK = "RISK", gettext_lazy("risk")
    MEASURE = "MEASURE", gettext_lazy("measure")
    PERIOD = "PERIOD", gettext_lazy("period")
    STAGE = "STAGE", gettext_lazy("grade or course")


class DifferenceKind(models.TextChoices):
    """How two plans differ in a part."""

    ADDED = "ADDED", gettext_lazy("added")
    REMOVED = "REMOVED", gettext_lazy("removed")
    CHANGED = "CHANGED", gettext_lazy("changed")


@dataclass(frozen=True)
class PlanDifference:
    """One difference; `before` and `after` in the reader's language, None where there is nothing on that side."""

    part: PlanPart
    change: DifferenceKind
    before: str | None
    after: str | None


def of_plans(*, scope: Scope, plan_ids: Iterable[UUID]) -> dict[UUID, list[PlanDifference]]:
    """Differences of each plan that `scope` reaches from the plan it was carried forward from; empty where it was not.

    The plans as they were drawn up are compared: risks as judged at the start. Three statements, however many plans.
    """
    reached = SupportPlan.objects.filter(PLANS.visible(scope)).select_related("semester", "enrolment")
    plans = {
        plan.pk: plan
        for plan in reached.filter(pk__in=list(plan_ids), carried_from__isnull=False).select_related(
            "carried_from__semester", "carried_from__enrolment"
        )
    }
    if not plans:
        return {}
    both = {key for plan in plans.values() for key in (plan.pk, plan.carried_from_id) if key is not None}
    risks: dict[UUID, dict[str, str]] = defaultdict(dict)
    found = RiskAssessment.objects.filter(plan__in=both, moment=AssessmentMoment.START).select_related("risk_factor", "level")
    for risk in found.order_by("risk_factor__position", "id"):
        risks[risk.plan_id][risk.risk_factor.code] = risk_text(risk)
    measures: dict[UUID, dict[str, str]] = defaultdict(dict)
    for measure in Measure.objects.filter(plan__in=both).select_related("kind").order_by("kind__position", "id"):
        of_plan = measures[measure.plan_id]
        number = sum(key.startswith(f"{measure.kind_code}:{measure.subject}:") for key in of_plan)
        of_plan[f"{measure.kind_code}:{measure.subject}:{number}"] = measure_text(measure)
    return {key: list(_differences(plan, risks, measures)) for key, plan in plans.items()}


def _differences(
    plan: SupportPlan, risks: dict[UUID, dict[str, str]], measures: dict[UUID, dict[str, str]]
) -> Iterator[PlanDifference]:
    earlier = plan.carried_from
    assert earlier is not None  # noqa: S101  (only such plans are asked for)
    periods = {"": period_text(earlier)}, {"": period_text(plan)}
    stages = {"": str(earlier.enrolment.stage)}, {"": str(plan.enrolment.stage)}
    yield from _between(PlanPart.PERIOD, *periods)
    yield from _between(PlanPart.STAGE, *stages)
    yield from _between(PlanPart.RISK, risks[earlier.pk], risks[plan.pk])
    yield from _between(PlanPart.MEASURE, measures[earlier.pk], measures[plan.pk])


def _between(part: PlanPart, before: dict[str, str], after: dict[str, str]) -> Iterator[PlanDifference]:
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        gone = DifferenceKind.REMOVED if new is None else DifferenceKind.CHANGED
        yield PlanDifference(part, DifferenceKind.ADDED if old is None else gone, old, new)


# -- words -----------------------------------------------------------------------------------------------------------------
def period_text(plan: SupportPlan) -> str:
    """Both days, as the reader's language writes them."""
    return f"{date_format(plan.period_from, 'DATE_FORMAT')} – {date_format(plan.period_to, 'DATE_FORMAT')}"


def risk_text(risk: RiskAssessment) -> str:
    """Factor and level."""
    language = get_language() or "lv"
    return f"{risk.risk_factor.name_in(language)}: {risk.level.name_in(language)}"


def measure_text(measure: Measure) -> str:
    """Kind, subject, what is planned, months."""
    parts = [measure.kind.name_in(get_language() or "lv")]
    if measure.subject:
        parts.append(measure.subject)
    if measure.planned_hours is not None:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", measure.planned_hours) % {"count": measure.planned_hours})
    if measure.planned_amount is not None:
        parts.append(f"{measure.planned_amount:.2f} EUR")
    if measure.months:
        parts.append(_("months: %(months)s") % {"months": ", ".join(str(month) for month in measure.months)})
    return ", ".join(parts)

"""Comments on single parts of a plan that is returned: which parts there are, and what is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.cases.plans.conditions import standing_application
from backend.cases.plans.models import Application, Measure, PlanRemark, PlanStep, RiskAssessment, SupportPlan
from backend.core import inputs
from backend.core.identifiers import parse_public_id
from backend.core.refusals import Code, Problems

MOST = 50
"""Remarks with one step."""
_LONGEST = 5_000


@dataclass(frozen=True)
class Remark:
    """What to change in a part of the plan: a risk, a measure or the application, by its public id; empty: the plan."""

    text: str
    subject_id: str = ""


@dataclass(frozen=True)
class CheckedRemark:
    """A remark that can be written."""

    text: str
    tag: str
    key: UUID | None


def checked_remarks(problems: Problems, plan: SupportPlan, remarks: Sequence[Remark]) -> list[CheckedRemark]:
    """The remarks with the parts they are about; problems at `remarks.0.subject_id` and the like."""
    if len(remarks) > MOST:
        problems.add(Code.LIMIT_EXCEEDED, _("That is too much at once. Say it in fewer remarks."), "remarks")
        return []
    known = _parts(plan) if any(remark.subject_id for remark in remarks) else set()
    found = []
    for position, given in enumerate(remarks):
        own = Problems()
        text = inputs.paragraphs(own, given.text, "text", longest=_LONGEST, required=True)
        part = parse_public_id(given.subject_id) if given.subject_id else None
        if given.subject_id and part not in known:
            message = _("It is no part of this plan. Name one of its risks or measures, or its application.")
            own.add(Code.NOT_FOUND, message, "subject_id")
        found.append(CheckedRemark(text, *(part or ("", None))))
        problems.extend(problem.under(f"remarks.{position}") for problem in own)
    return found


def write_remarks(step: PlanStep, remarks: Sequence[CheckedRemark]) -> None:
    """Write checked remarks with a step of their plan."""
    PlanRemark.objects.bulk_create(
        PlanRemark(
            plan_id=step.plan_id,
            institution_id=step.institution_id,
            step=step,
            position=position,
            subject_tag=remark.tag,
            subject_key=remark.key,
            text=remark.text,
        )
        for position, remark in enumerate(remarks)
    )


def _parts(plan: SupportPlan) -> set[tuple[str, UUID]]:
    """Tag and key of everything on the plan that a remark can be about."""
    parts = {(RiskAssessment.tag, key) for key in plan.risks.values_list("pk", flat=True)}
    parts |= {(Measure.tag, key) for key in plan.measures.values_list("pk", flat=True)}
    application = plan.application or standing_application(plan)
    return parts | ({(Application.tag, application.pk)} if application is not None else set())

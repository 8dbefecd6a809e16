"""What must hold before a plan takes a step: each condition that is not met, with what to do about it.

What hangs on a plan in rooms above this one (hours, claims) says by itself what stands against closing and interrupting:
those rooms add a function to `CLOSING` or `INTERRUPTING` when the platform starts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.cases.plans.around import Around
from backend.cases.plans.differences import measure_text
from backend.cases.plans.models import Application, AssessmentMoment, RiskAssessment, SupportPlan
from backend.core.refusals import Code, Message, Problem, Problems
from backend.registry.models import RiskFactor

CLOSING: list[Callable[[Sequence[SupportPlan]], Mapping[UUID, Iterable[Problem]]]] = []
"""What stands against closing each of some plans, in one statement for all of them; a plan that is not named has nothing."""
INTERRUPTING: list[Callable[[SupportPlan, dt.date], Iterable[Problem]]] = []
"""What stands against a plan ending on a day."""

PLAN = "plan_id"


def check_semester(problems: Problems, plan: SupportPlan) -> None:
    """Nothing moves in a closed semester."""
    if plan.semester.closed_at is not None:
        problems.add(Code.LOCKED, _("The semester is closed. Ask the agency to reopen it."), PLAN)


def check_contents(problems: Problems, plan: SupportPlan, found: Around) -> None:
    """What a plan needs before it is submitted (domain.md 1: the application; risks; measures against them)."""
    if found.application_id is None:
        problems.add(
            Code.UNMET_CONDITION,
            _("There is no signed application for this semester. Record it, with who signed it and when."),
            PLAN,
        )
    if not found.judged:
        problems.add(Code.UNMET_CONDITION, _("No risk is judged. Judge at least one risk at the plan's start."), PLAN)
    if not found.measures:
        problems.add(Code.UNMET_CONDITION, _("No measure is planned. Plan at least one measure."), PLAN)
    for measure in found.measures:
        if measure.risk_id is None:
            wording = _("The measure “{measure}” answers no risk. Plan it anew with the risk that it answers.")
            message = format_lazy(wording, measure=measure_name(measure))
            problems.extend([Problem(Code.UNMET_CONDITION, message, PLAN, about=measure.public_id)])
    check_around(problems, plan, found)


def check_still_holds(problems: Problems, plan: SupportPlan, found: Around) -> None:
    """What may have changed since a plan was submitted: its own contents cannot, what it stands on can."""
    if plan.application is not None and plan.application.withdrawn_on is not None:
        message = _("The application was withdrawn. Return the plan until another is recorded, or have it interrupted.")
        problems.add(Code.UNMET_CONDITION, message, PLAN)
    check_around(problems, plan, found)


def check_around(problems: Problems, plan: SupportPlan, found: Around) -> None:
    """The enrolment and the institution's part in the programme last as long as the plan."""
    ends = plan.enrolment.ends_on
    if ends is not None and ends < plan.period_to:
        wording = _("The enrolment ends on {day}, before the plan does. Mend the enrolment, or interrupt the plan.")
        problems.add(Code.UNMET_CONDITION, format_lazy(wording, day=day_text(ends)), PLAN)
    if not found.takes_part:
        message = _("The institution takes no part in the programme in the plan's period. Let it join under an agreement first.")
        problems.add(Code.UNMET_CONDITION, message, PLAN)


def standing_application(plan: SupportPlan) -> Application | None:
    """The application that stands for a plan's learner, institution and semester; None while none was recorded."""
    return Application.objects.filter(
        learner_id=plan.learner_id, institution_id=plan.institution_id, semester_id=plan.semester_id, withdrawn_on=None
    ).first()


def check_end_risks(problems: Problems, plan: SupportPlan, judged_now: Iterable[RiskFactor]) -> None:
    """Each risk judged at the start is judged at the end, before or with the evaluation."""
    risks = list(plan.risks.select_related("risk_factor").order_by("id"))
    judged = {risk.risk_factor.code for risk in risks if risk.moment == AssessmentMoment.END}
    judged |= {factor.code for factor in judged_now}
    for risk in risks:
        if risk.moment == AssessmentMoment.START and risk.risk_factor.code not in judged:
            wording = _("The risk “{risk}” is not judged at the end. Give its level.")
            message = format_lazy(wording, risk=factor_name(risk))
            problems.extend([Problem(Code.UNMET_CONDITION, message, "end_risks", about=risk.public_id)])


def open_under(plans: Sequence[SupportPlan]) -> Mapping[UUID, list[Problem]]:
    """What hangs on each of some plans and is open: it stands against closing them."""
    told: dict[UUID, list[Problem]] = {plan.pk: [] for plan in plans}
    for unmet in CLOSING:
        for key, problems in unmet(plans).items():
            told[key] += problems
    return told


def check_interrupting(problems: Problems, plan: SupportPlan, last_day: dt.date) -> None:
    """Nothing was given after its last day."""
    for unmet in INTERRUPTING:
        problems.extend(unmet(plan, last_day))


# -- words -----------------------------------------------------------------------------------------------------------------
def _day(day: dt.date) -> str:
    return date_format(day, "DATE_FORMAT")


def _name(row: object) -> str:
    return row.name_in(get_language() or "lv")  # type: ignore[attr-defined, no-any-return]


day_text = lazy(_day, str)
"""A day in the reader's language, when it is read."""
_named = lazy(_name, str)


def factor_name(risk: RiskAssessment) -> Message:
    """Name of a risk's factor in the reader's language."""
    found: Message = _named(risk.risk_factor)
    return found


measure_name = lazy(measure_text, str)
"""Kind, subject and what is planned of a measure in the reader's language: a plan may have two of one kind."""

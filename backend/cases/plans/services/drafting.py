"""Drafting a support plan: who it is for, when it runs, who draws it up."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from backend.accounts.attachments import may_name_others, users_attached
from backend.accounts.commands import by_key, command
from backend.accounts.models import Role
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.learners.models import Enrolment, Learner, ProgrammeKind
from backend.cases.learners.policies import ENROLMENTS
from backend.cases.learners.selectors import learner as learner_in_reach
from backend.cases.plans.conditions import standing_application
from backend.cases.plans.models import PlanStatus, PlanStep, SupportPlan
from backend.core.refusals import Code, Problems
from backend.registry.selectors import grades_covered, takes_part
from backend.territory.models import Institution, Semester


@command("draftSupportPlan", answer=by_key(SupportPlan))
def draft_support_plan(
    *,
    scope: Scope,
    learner_id: UUID,
    institution_id: UUID,
    semester_id: UUID,
    period_from: dt.date | None = None,
    period_to: dt.date | None = None,
    author_id: UUID | None = None,
    client_mutation_id: str = "",
) -> SupportPlan:
    """Draft the plan of a learner at an institution for a semester (domain.md 1: one per learner and semester; the
    institution is ours, because of transfers).

    The period defaults to all of the semester's that the learner is enrolled for: a first semester's runs to 31 December, not
    to the end of school (domain.md 1). The author defaults to the caller; an app's service account may name a person attached
    to the institution as plan author, nobody else may name another. The application may follow later.

    Raises Refusal with everything that stands against it: NOT_FOUND, NOT_ALLOWED, LOCKED (the semester is closed), DUPLICATE,
    UNMET_CONDITION (not enrolled, no part in the programme, not attached, grade not covered), OUT_OF_PERIOD.
    """
    learner, semester, institution = subjects(scope, learner_id, semester_id, institution_id)
    require(scope=scope, act=Act.DRAFT_PLAN, institution_id=institution_id, field="institution_id")
    return drafted(
        scope=scope,
        learner=learner,
        semester=semester,
        institution=institution,
        period_from=period_from,
        period_to=period_to,
        author_id=author_id,
    )


def drafted(
    *,
    scope: Scope,
    learner: Learner,
    semester: Semester,
    institution: Institution,
    period_from: dt.date | None = None,
    period_to: dt.date | None = None,
    author_id: UUID | None = None,
    carried_from: SupportPlan | None = None,
) -> SupportPlan:
    """A new draft. The caller's right to draft here was checked. Raises Refusal with everything that stands against it."""
    institution_id = institution.pk
    _one_draft_at_a_time(institution, semester)
    problems = Problems()
    if semester.closed_at is not None:
        problems.add(Code.LOCKED, _("The semester is closed. Ask the agency to reopen it."), "semester_id")
    if SupportPlan.objects.filter(learner=learner, institution=institution, semester=semester).exists():
        message = _("The learner has a plan of this institution in this semester. Work on that one.")
        problems.add(Code.DUPLICATE, message, "learner_id")
    author = _author(problems, scope, author_id, institution_id)
    enrolment = _enrolment(problems, scope, learner, institution, semester, on=period_from)
    problems.refuse()
    assert enrolment is not None  # noqa: S101 (its absence is a problem, refused above)
    first = period_from or max(semester.starts_on, enrolment.starts_on)
    last = period_to or min(semester.plan_period_ends_on, enrolment.ends_on or semester.plan_period_ends_on)
    _check_period(problems, first, last, semester, enrolment)
    _check_programme(problems, institution_id, enrolment, first, last)
    problems.refuse()
    plan = SupportPlan(
        number=_next_number(institution, semester),
        learner=learner,
        institution=institution,
        enrolment=enrolment,
        semester=semester,
        period_from=first,
        period_to=last,
        author_id=author,
        carried_from=carried_from,
    )
    plan.application = standing_application(plan)
    plan.save(force_insert=True)
    PlanStep(
        plan=plan, institution=institution, to_status=PlanStatus.DRAFT, actor_id=scope.principal_id, role=Role.PLAN_AUTHOR
    ).save(force_insert=True)
    return plan


def plan_number(*, institution_code: str, semester: Semester, sequence: int) -> str:
    """The plan's ID code, quoted in directors' orders (domain.md 1): IAP-RTRIT-2223-2-0157. The form is ours."""
    return f"{_number_prefix(institution_code, semester)}{sequence:04d}"


def _number_prefix(institution_code: str, semester: Semester) -> str:
    year = semester.school_year
    return f"IAP-{institution_code}-{year[2:4]}{year[7:9]}-{semester.number}-"


def subjects(scope: Scope, learner_id: UUID, semester_id: UUID, institution_id: UUID) -> tuple[Learner, Semester, Institution]:
    """The learner, the semester and the institution, or a refusal that names each that is not there."""
    problems = Problems()
    learner = learner_in_reach(scope=scope, learner_id=learner_id)
    semester = Semester.objects.filter(pk=semester_id).first()
    institution = Institution.objects.filter(pk=institution_id).first()
    if learner is None:
        problems.add(Code.NOT_FOUND, _("No such learner within your reach. Register the learner first."), "learner_id")
    if semester is None:
        problems.add(Code.NOT_FOUND, _("There is no such semester. Check the id."), "semester_id")
    if institution is None:
        problems.add(Code.NOT_FOUND, _("There is no such institution. Check the id."), "institution_id")
    problems.refuse()
    return learner, semester, institution  # type: ignore[return-value]


def _one_draft_at_a_time(institution: Institution, semester: Semester) -> None:
    """Until the transaction ends, nobody else drafts here for this semester: numbers follow each other without a gap."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"plan:{institution.pk}:{semester.pk}"])


def _author(problems: Problems, scope: Scope, author_id: UUID | None, institution_id: UUID) -> UUID | None:
    author = author_id or scope.principal_id
    if author != scope.principal_id and not may_name_others(scope=scope):
        problems.add(Code.NOT_ALLOWED, _("The plan's author is who drafts it. Leave the author out."), "author_id")
    elif author is not None and author != scope.principal_id:
        attached = users_attached(role="plan_author", institution_id=institution_id, user_ids=[author], on=scope.on)
        if not attached:
            message = _("This person is not attached to the institution as plan author. Have the head add them first.")
            problems.add(Code.UNMET_CONDITION, message, "author_id")
    return author


def _enrolment(
    problems: Problems, scope: Scope, learner: Learner, institution: Institution, semester: Semester, *, on: dt.date | None
) -> Enrolment | None:
    """The enrolment that the plan stands on: the one of its first day, else the semester's latest."""
    found = (
        Enrolment.objects.filter(ENROLMENTS.visible(scope), learner=learner, institution=institution)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on or semester.starts_on), starts_on__lte=on or semester.plan_period_ends_on)
        .order_by("-starts_on")
        .first()
    )
    if found is None:
        message = _("The learner is not enrolled at this institution in that time. Enrol the learner first.")
        problems.add(Code.UNMET_CONDITION, message, "learner_id")
    return found


def _check_period(problems: Problems, first: dt.date, last: dt.date, semester: Semester, enrolment: Enrolment) -> None:
    if last < first:
        problems.add(Code.INVALID, _("The last day lies before the first. Exchange or correct them."), "period_to")
    if not semester.starts_on <= first <= semester.plan_period_ends_on:
        problems.add(Code.OUT_OF_PERIOD, _("The first day lies outside the semester's plan period."), "period_from")
    elif first < enrolment.starts_on:
        problems.add(Code.OUT_OF_PERIOD, _("The first day lies before the enrolment. Begin the plan with it."), "period_from")
    if not semester.starts_on <= last <= semester.plan_period_ends_on:
        problems.add(Code.OUT_OF_PERIOD, _("The last day lies outside the semester's plan period."), "period_to")
    elif enrolment.ends_on is not None and last > enrolment.ends_on:
        problems.add(Code.OUT_OF_PERIOD, _("The last day lies after the enrolment's end. End the plan with it."), "period_to")


def _check_programme(problems: Problems, institution_id: UUID, enrolment: Enrolment, first: dt.date, last: dt.date) -> None:
    if not takes_part(institution_id=institution_id, first=first, last=max(first, last)):
        message = _("The institution takes no part in the programme in that period. Let it join under an agreement first.")
        problems.add(Code.UNMET_CONDITION, message, "institution_id")
    if enrolment.programme_kind == ProgrammeKind.GENERAL:
        grades = grades_covered(on=first)
        if grades is not None and enrolment.stage not in grades:
            message = _("The programme does not cover the learner's grade on that day.")
            problems.add(Code.UNMET_CONDITION, message, "learner_id")


def _next_number(institution: Institution, semester: Semester) -> str:
    prefix = _number_prefix(institution.code, semester)
    latest = (
        SupportPlan.objects.filter(institution=institution, semester=semester, number__startswith=prefix)
        .order_by(Length("number").desc(), F("number").desc())
        .values_list("number", flat=True)
        .first()
    )
    tail = (latest or "").removeprefix(prefix)
    return plan_number(institution_code=institution.code, semester=semester, sequence=int(tail) + 1 if tail.isdecimal() else 1)

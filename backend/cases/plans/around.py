"""What the rules of a plan's steps look at besides the plan itself, read for one plan or a page of them in as many statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from backend.cases.plans.approval_columns import approvals_column, chain_column, further_column
from backend.cases.plans.machine import Chain
from backend.cases.plans.models import Application, AssessmentMoment, Measure, PlanAuthor, PlanStep, RiskAssessment, SupportPlan
from backend.registry.models import IncompatibleRoles, InstitutionParticipation
from backend.registry.selectors import participations_of
from backend.territory.selectors import in_force

T = TypeVar("T", PlanStep, PlanAuthor, RiskAssessment, Measure)


@dataclass(frozen=True)
class Around:
    """Of one plan."""

    history: Sequence[PlanStep]
    """Its steps, the oldest first."""
    co_authors: frozenset[UUID]
    """Accounts of those who drew it up with the author."""
    risks: Sequence[RiskAssessment]
    """Those judged at its start, with their factors."""
    measures: Sequence[Measure]
    """With their kinds."""
    application: Application | None
    """The one that stands for its learner, institution and semester."""
    participations: Sequence[InstitutionParticipation]
    """Of its institution, with their agreements."""
    chain: Chain
    approvals: int
    """How many people approve at the institution, by the tier in force on the day."""
    further: frozenset[str]
    """The roles out of which those after the head come, as the tier names them."""
    incompatible: Sequence[IncompatibleRoles]
    """In force on the day."""


def around(plan: SupportPlan, *, on: dt.date) -> Around:
    """What stands around one plan on a day."""
    return around_each([plan], on=on)[plan.pk]


def around_each(plans: Sequence[SupportPlan], *, on: dt.date) -> Mapping[UUID, Around]:
    """What stands around each of some plans, in eight statements. Raises KeyError for a plan that the caller does not reach."""
    keys = [plan.pk for plan in plans]
    steps = _by_plan(PlanStep.objects.filter(plan__in=keys).order_by("at", "id"))
    authors = _by_plan(PlanAuthor.objects.filter(plan__in=keys))
    start = RiskAssessment.objects.filter(plan__in=keys, moment=AssessmentMoment.START)
    risks = _by_plan(start.select_related("risk_factor").order_by("id"))
    measures = _by_plan(Measure.objects.filter(plan__in=keys).select_related("kind").order_by("id"))
    applications = _applications(plans)
    participations = defaultdict(list)
    for part in participations_of({plan.institution_id for plan in plans}):
        participations[part.institution_id].append(part)
    rules = _rules(keys, on=on)
    incompatible = list(IncompatibleRoles.objects.filter(in_force(on)).order_by("first_role", "second_role"))
    return {
        plan.pk: Around(
            history=steps[plan.pk],
            co_authors=frozenset(author.user_id for author in authors[plan.pk]),
            risks=risks[plan.pk],
            measures=measures[plan.pk],
            application=applications.get((plan.learner_id, plan.institution_id, plan.semester_id)),
            participations=participations[plan.institution_id],
            chain=rules[plan.pk][0],
            approvals=rules[plan.pk][1],
            further=rules[plan.pk][2],
            incompatible=incompatible,
        )
        for plan in plans
    }


def _rules(keys: Sequence[UUID], *, on: dt.date) -> Mapping[UUID, tuple[Chain, int, frozenset[str]]]:
    """Chain, number of approvals and further roles: the database's words, as for lists of what waits."""
    rows = SupportPlan.objects.filter(pk__in=keys).order_by()
    columns = rows.values_list("pk", chain_column(), approvals_column(on), further_column(on))
    return {key: (Chain(chain), approvals or 1, frozenset(further or ())) for key, chain, approvals, further in columns}


def _applications(plans: Sequence[SupportPlan]) -> Mapping[tuple[UUID, UUID, UUID], Application]:
    found = Application.objects.filter(
        learner__in={plan.learner_id for plan in plans},
        institution__in={plan.institution_id for plan in plans},
        semester__in={plan.semester_id for plan in plans},
        withdrawn_on=None,
    )
    return {(one.learner_id, one.institution_id, one.semester_id): one for one in found}


def _by_plan(rows: Iterable[T]) -> defaultdict[UUID, list[T]]:
    found: defaultdict[UUID, list[T]] = defaultdict(list)
    for row in rows:
        found[row.plan_id].append(row)
    return found

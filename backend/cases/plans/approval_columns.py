"""Chain, tier, own people and grounds of plans as expressions of the database: for a plan's step (`around`) and for what waits.

`approvals` joins them with the caller and words what stands against a step; `tests/workspace` holds what waits to what the
services accept.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    Expression,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from backend.accounts.models import Role
from backend.cases.plans.machine import Chain, taken_in
from backend.cases.plans.models import Application, AssessmentMoment, Measure, PlanAuthor, PlanStep, RiskAssessment
from backend.registry.models import ApprovalSubject, ApprovalTier, InstitutionParticipation
from backend.registry.selectors import taking_part
from backend.territory.models import STATE_KINDS
from backend.territory.selectors import in_force


def chain_column() -> Expression:
    """Over plans: by the agreement that the institution takes part under on the first day, else by its kind.

    An institution with an agreement of its own is the state's (domain.md 4.2).
    """
    own = Case(When(agreement__institution=None, then=Value(Chain.MUNICIPAL)), default=Value(Chain.STATE))
    joined = InstitutionParticipation.objects.filter(
        Q(left_on=None) | Q(left_on__gte=OuterRef("period_from")),
        institution_id=OuterRef("institution_id"),
        joined_on__lte=OuterRef("period_from"),
    )
    by_kind = Case(When(institution__kind__in=STATE_KINDS, then=Value(Chain.STATE)), default=Value(Chain.MUNICIPAL))
    by_agreement = Subquery(joined.order_by("joined_on", "id").values_list(own, flat=True)[:1], output_field=CharField())
    return Coalesce(by_agreement, by_kind, output_field=CharField())


def own_of(person: UUID) -> Q:
    """Over plans: those that are a person's own, who drew them up with the author, or drafted or submitted them."""
    together = PlanAuthor.objects.filter(plan=OuterRef("pk"), user_id=person)
    return Q(author_id=person) | Q(Exists(together)) | acted_in(person, Role.PLAN_AUTHOR)


def acted_in(person: UUID | None, role: str) -> Q:
    """Over plans: those in which a person took a step in a role (`machine.role_of`)."""
    return Q(Exists(PlanStep.objects.filter(taken_in(role), plan=OuterRef("pk"), actor_id=person)))


def standing_applications() -> QuerySet[Application]:
    """Over plans: the application that stands for a plan's learner, institution and semester; none while none was recorded."""
    return Application.objects.filter(
        learner_id=OuterRef("learner_id"),
        institution_id=OuterRef("institution_id"),
        semester_id=OuterRef("semester_id"),
        withdrawn_on=None,
    ).order_by()


def judged_at_start() -> Exists:
    """Over plans: whether a risk is judged at their start."""
    return Exists(RiskAssessment.objects.filter(plan=OuterRef("pk"), moment=AssessmentMoment.START))


def takes_part_column() -> Exists:
    """Over plans: whether the institution takes part in the programme in the plan's whole period."""
    return Exists(taking_part(OuterRef("institution_id"), OuterRef("period_from"), OuterRef("period_to")))


def approvals_column(on: dt.date) -> Combinable:
    """Over plans: how many people approve at the institution by the tier in force on a day; null where no tier says it."""
    return Subquery(_tiers(on).values("approvals")[:1], output_field=IntegerField())


def further_column(on: dt.date) -> Combinable:
    """Over plans: the roles out of which those after the head come, as the tier names them; null where no tier does."""
    return Subquery(_tiers(on).values("second_roles")[:1], output_field=ArrayField(CharField()))


def _tiers(on: dt.date) -> Any:
    """The tiers that a plan's planned euro reach, the highest first."""
    planned = Measure.objects.filter(plan=OuterRef(OuterRef("pk"))).order_by().values("plan")
    total = Subquery(planned.annotate(total=Sum("planned_amount")).values("total"), output_field=DecimalField())
    return ApprovalTier.objects.filter(
        in_force(on),
        subject=ApprovalSubject.PLAN,
        programme__starts_on__lte=OuterRef("period_from"),
        programme__ends_on__gte=OuterRef("period_from"),
        amount_from__lte=Coalesce(total, Value(0), output_field=DecimalField()),
    ).order_by("-amount_from", "id")

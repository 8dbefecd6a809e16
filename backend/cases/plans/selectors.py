"""Reads of plans and what they say, inside the caller's scope."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.plans.models import (
    Application,
    Measure,
    PlanAuthor,
    PlanOutcome,
    PlanRemark,
    PlanStep,
    RiskAssessment,
    SupportPlan,
)
from backend.cases.plans.policies import PLANS


def support_plans(*, scope: Scope) -> QuerySet[SupportPlan]:
    """Plans that `scope` reaches, those that begin last first."""
    return SupportPlan.objects.filter(PLANS.visible(scope)).order_by("-period_from", "id")


def support_plan(*, scope: Scope, plan_id: UUID) -> SupportPlan | None:
    """One plan; None when absent or not reached, which no caller can tell apart."""
    return support_plans(scope=scope).filter(pk=plan_id).first()


def plan_steps(*, scope: Scope) -> QuerySet[PlanStep]:
    """Steps of plans, in the order they were taken."""
    return PlanStep.objects.filter(PLANS.visible(scope)).order_by("at", "id")


def risk_assessments(*, scope: Scope) -> QuerySet[RiskAssessment]:
    """Risks judged on plans."""
    return RiskAssessment.objects.filter(PLANS.visible(scope)).order_by("id")


def measures(*, scope: Scope) -> QuerySet[Measure]:
    """Measures of plans."""
    return Measure.objects.filter(PLANS.visible(scope)).order_by("id")


def applications(*, scope: Scope) -> QuerySet[Application]:
    """Signed applications, withdrawn ones too, the newest first."""
    return Application.objects.filter(PLANS.visible(scope)).order_by("-signed_on", "id")


def plan_authors(*, scope: Scope) -> QuerySet[PlanAuthor]:
    """Further authors of plans."""
    return PlanAuthor.objects.filter(PLANS.visible(scope)).order_by("id")


def plan_outcomes(*, scope: Scope) -> QuerySet[PlanOutcome]:
    """Outcome themes of evaluated plans."""
    return PlanOutcome.objects.filter(PLANS.visible(scope)).order_by("id")


def plan_remarks(*, scope: Scope) -> QuerySet[PlanRemark]:
    """Comments on single parts of plans, in the order they were made."""
    return PlanRemark.objects.filter(PLANS.visible(scope)).order_by("step__at", "position")

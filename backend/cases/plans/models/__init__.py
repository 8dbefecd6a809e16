from backend.cases.plans.models.content import AssessmentMoment, Measure, RiskAssessment
from backend.cases.plans.models.plan import PlanStatus, PlanStep, SupportPlan

__all__ = ["AssessmentMoment", "Measure", "PlanStatus", "PlanStep", "RiskAssessment", "SupportPlan"]

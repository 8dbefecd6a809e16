from backend.cases.plans.models.content import AssessmentMoment, Measure, RiskAssessment
from backend.cases.plans.models.note import NoteKind, RestrictedNote
from backend.cases.plans.models.plan import PlanStatus, PlanStep, SupportPlan

__all__ = [
    "AssessmentMoment",
    "Measure",
    "NoteKind",
    "PlanStatus",
    "PlanStep",
    "RestrictedNote",
    "RiskAssessment",
    "SupportPlan",
]

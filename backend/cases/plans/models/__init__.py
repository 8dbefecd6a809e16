from backend.cases.plans.models.content import AssessmentMoment, Measure, RiskAssessment
from backend.cases.plans.models.note import NoteKind, RestrictedNote
from backend.cases.plans.models.paper import Application, PlanAuthor, PlanOutcome, SignerKind
from backend.cases.plans.models.plan import PlanStatus, PlanStep, SupportPlan
from backend.cases.plans.models.remark import PlanRemark

__all__ = [
    "Application",
    "AssessmentMoment",
    "Measure",
    "NoteKind",
    "PlanAuthor",
    "PlanOutcome",
    "PlanRemark",
    "PlanStatus",
    "PlanStep",
    "RestrictedNote",
    "RiskAssessment",
    "SignerKind",
    "SupportPlan",
]

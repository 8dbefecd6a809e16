"""What each enum of the case API is; its values take their labels from the domain."""

from __future__ import annotations

DESCRIPTIONS = {
    "AmountBasis": "Whether an amount is what was claimed, or only supposed for the demonstration.",
    "AssessmentMoment": "When a risk was judged.",
    "Channel": "How a consultation was held.",
    "ClaimStatus": "Where a reimbursement claim stands.",
    "Comparator": "How a published figure is meant.",
    "EnrolmentEnd": "Why an enrolment ended.",
    "FactClass": "How sensitive it is that a learner has a risk factor.",
    "InstitutionKind": "Kind of education institution.",
    "Level": "Level at which a role is held.",
    "MeasureCategory": "What a support measure gives.",
    "MunicipalityKind": "Kind of municipality.",
    "PlanStatus": "Where a support plan stands.",
    "ProgrammeKind": "Kind of education programme; general schools run vocational programmes too.",
    "ReimbursementKind": "Which costs are reimbursed.",
    "RiskGroup": "Group of risks of leaving school early.",
    "SourceStatus": "How sure a reference value is.",
    "SpecialistRole": "Role of a specialist who gives consultations.",
}

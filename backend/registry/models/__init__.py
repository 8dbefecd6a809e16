from backend.registry.models.agreement import CooperationAgreement, InstitutionParticipation
from backend.registry.models.reference import (
    FactClass,
    MeasureCategory,
    MeasureKind,
    ReimbursementKind,
    RiskFactor,
    RiskGroup,
    RiskLevel,
    SpecialistRole,
)

__all__ = [
    "CooperationAgreement",
    "FactClass",
    "InstitutionParticipation",
    "MeasureCategory",
    "MeasureKind",
    "ReimbursementKind",
    "RiskFactor",
    "RiskGroup",
    "RiskLevel",
    "SpecialistRole",
]

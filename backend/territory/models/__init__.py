from backend.territory.models.calendar import Semester
from backend.territory.models.division import (
    STATE_KINDS,
    Institution,
    InstitutionKind,
    Municipality,
    MunicipalityKind,
    Region,
    StructuralUnit,
)
from backend.territory.models.programme import (
    BudgetRevision,
    BudgetShare,
    EligibleKind,
    FundingRule,
    FundingSource,
    Programme,
    ProgrammeKind,
    ProgrammeTerm,
    TargetGroup,
)

__all__ = [
    "STATE_KINDS",
    "BudgetRevision",
    "BudgetShare",
    "EligibleKind",
    "FundingRule",
    "FundingSource",
    "Institution",
    "InstitutionKind",
    "Municipality",
    "MunicipalityKind",
    "Programme",
    "ProgrammeKind",
    "ProgrammeTerm",
    "Region",
    "Semester",
    "StructuralUnit",
    "TargetGroup",
]

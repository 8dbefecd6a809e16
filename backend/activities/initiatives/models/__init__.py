from backend.activities.initiatives.models.call import CallCriterion, CallStatus, InitiativeCall
from backend.activities.initiatives.models.organisation import ApplicantKind, OrganisationMember, YouthOrganisation
from backend.activities.initiatives.models.participant import ProjectParticipant
from backend.activities.initiatives.models.project import (
    InitiativeProject,
    PartnerKind,
    ProjectPartner,
    ProjectReport,
    ProjectStatus,
    ProjectStep,
)
from backend.activities.initiatives.models.reference import InitiativeGrant, InitiativeTransition, ScoringCriterion, StatusOwner
from backend.activities.initiatives.models.scoring import ProjectScore, ProjectScorer

__all__ = [
    "ApplicantKind",
    "CallCriterion",
    "CallStatus",
    "InitiativeCall",
    "InitiativeGrant",
    "InitiativeProject",
    "InitiativeTransition",
    "OrganisationMember",
    "PartnerKind",
    "ProjectParticipant",
    "ProjectPartner",
    "ProjectReport",
    "ProjectScore",
    "ProjectScorer",
    "ProjectStatus",
    "ProjectStep",
    "ScoringCriterion",
    "StatusOwner",
    "YouthOrganisation",
]

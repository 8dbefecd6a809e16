from backend.cases.learners.models.duplicate import (
    DuplicateCandidate,
    DuplicateDecision,
    DuplicateStatus,
    MatchBasis,
    MergedRow,
)
from backend.cases.learners.models.learner import Enrolment, EnrolmentEnd, Learner, LearnerIdentity
from backend.territory.models import ProgrammeKind

__all__ = [
    "DuplicateCandidate",
    "DuplicateDecision",
    "DuplicateStatus",
    "Enrolment",
    "EnrolmentEnd",
    "Learner",
    "LearnerIdentity",
    "MatchBasis",
    "MergedRow",
    "ProgrammeKind",
]

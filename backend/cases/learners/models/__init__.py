from backend.cases.learners.models.duplicate import DuplicateCandidate, DuplicateStatus, MatchBasis, MergedRow
from backend.cases.learners.models.learner import Enrolment, EnrolmentEnd, Learner, LearnerIdentity
from backend.territory.models import ProgrammeKind

__all__ = [
    "DuplicateCandidate",
    "DuplicateStatus",
    "Enrolment",
    "EnrolmentEnd",
    "Learner",
    "LearnerIdentity",
    "MatchBasis",
    "MergedRow",
    "ProgrammeKind",
]

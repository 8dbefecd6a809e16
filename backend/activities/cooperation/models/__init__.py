from backend.activities.cooperation.models.feedback import FeedbackAnswer, FeedbackAudience, FeedbackQuestion, FeedbackRequest
from backend.activities.cooperation.models.meeting import Meeting, MeetingAttendance, MeetingDecision, MeetingStatus
from backend.activities.cooperation.models.team import CooperationTeam, MemberKind, TeamMember, TeamPart, TeamShare

__all__ = [
    "CooperationTeam",
    "FeedbackAnswer",
    "FeedbackAudience",
    "FeedbackQuestion",
    "FeedbackRequest",
    "Meeting",
    "MeetingAttendance",
    "MeetingDecision",
    "MeetingStatus",
    "MemberKind",
    "TeamMember",
    "TeamPart",
    "TeamShare",
]

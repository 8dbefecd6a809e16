from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import PRINCIPAL, RowPolicy, by_institution, reads, writes
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited, of_learner

ROOM = "plans"
_HERE, _WRITTEN_HERE = reads(ROOM, "institution_id"), writes(ROOM, "institution_id")
_MY_TEAM = "{column} = any ((select cooperation_my_teams())::uuid[])"


def _seen_by_team(table: str, *, column: str = "team_id") -> RowPolicy:
    """The institution's rows, which members of the team may read as well."""
    return RowPolicy(table, using=f"{_HERE} or {_MY_TEAM.format(column=column)}", write=_WRITTEN_HERE)


class CooperationConfig(AppConfig):
    name = "backend.activities.cooperation"
    label = "cooperation"
    verbose_name = "Cooperation and the learner's voice"

    row_security = [
        _seen_by_team("cooperation_cooperationteam", column="id"),
        RowPolicy(
            "cooperation_teammember",
            using=f"{_HERE} or user_id = {PRINCIPAL} or {_MY_TEAM.format(column='team_id')}",
            write=_WRITTEN_HERE,
        ),
        _seen_by_team("cooperation_teamshare"),
        _seen_by_team("cooperation_meeting"),
        _seen_by_team("cooperation_meetingattendance"),
        _seen_by_team("cooperation_meetingdecision"),
        by_institution("cooperation_feedbackrequest", room=ROOM),
        by_institution("cooperation_feedbackanswer", room=ROOM),
    ]
    audited = [
        Audited(
            "cooperation.CooperationTeam",
            learner=of_learner(),
            exclude=("sort_key",),
            erase={"name": "'—'"},
            on_erase={"sort_key": "''"},
        ),
        # Hashes of one-time codes are secrets, not history.
        Audited("cooperation.TeamMember", exclude=("invitation_hash",)),
        Audited("cooperation.TeamShare", learner=of_learner(), on_erase={"ended_at": "coalesce(ended_at, now())"}),
        Audited("cooperation.Meeting", learner=of_learner()),
        Audited("cooperation.MeetingAttendance"),
        Audited("cooperation.MeetingDecision", learner=of_learner()),
        Audited("cooperation.FeedbackRequest", learner=of_learner(), exclude=("code_hash",)),
        Audited("cooperation.FeedbackAnswer", learner=of_learner(), recorded="answered_at", erase={"value": "null"}),
    ]
    append_only = ["cooperation_feedbackanswer"]
    constraint_answers = {
        "share_once_at_a_time": Problem(
            Code.DUPLICATE, _("This is shared with the team already. Change the last day of that sharing."), "part"
        ),
        "team_member_once_at_a_time": Problem(Code.DUPLICATE, _("This person is a member of the team already."), "user_id"),
        "feedback_once_a_plan": Problem(
            Code.DUPLICATE, _("Feedback was asked for already. Withdraw that request to ask again."), "audience"
        ),
    }

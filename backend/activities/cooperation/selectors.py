"""Reads of teams, meetings and the learner's voice, inside the caller's scope."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.activities.cooperation.models import (
    CooperationTeam,
    FeedbackAnswer,
    FeedbackQuestion,
    FeedbackRequest,
    Meeting,
    MeetingAttendance,
    MeetingDecision,
    TeamMember,
    TeamShare,
)
from backend.activities.cooperation.policies import MEMBERS, QUESTIONS, TEAM_ROWS, TEAMS, VOICE
from backend.territory.selectors import in_force


def cooperation_teams(*, scope: Scope) -> QuerySet[CooperationTeam]:
    """Teams that `scope` reaches, the newest first."""
    return CooperationTeam.objects.filter(TEAMS.visible(scope)).order_by("-starts_on", "id")


def team_members(*, scope: Scope) -> QuerySet[TeamMember]:
    """Members of teams."""
    return TeamMember.objects.filter(MEMBERS.visible(scope)).order_by("valid_from", "id")


def team_shares(*, scope: Scope, on: dt.date | None = None) -> QuerySet[TeamShare]:
    """What is shared with teams; with `on`, only what is open on that day."""
    found = TeamShare.objects.filter(TEAM_ROWS.visible(scope)).order_by("-starts_on", "id")
    return found.filter(starts_on__lte=on, ends_on__gte=on) if on is not None else found


def meetings(*, scope: Scope) -> QuerySet[Meeting]:
    """Meetings, the latest first."""
    return Meeting.objects.filter(TEAM_ROWS.visible(scope)).order_by("-starts_at", "id")


def meeting_attendance(*, scope: Scope) -> QuerySet[MeetingAttendance]:
    """Who came to meetings."""
    return MeetingAttendance.objects.filter(TEAM_ROWS.visible(scope)).order_by("id")


def meeting_decisions(*, scope: Scope) -> QuerySet[MeetingDecision]:
    """Decisions of meetings, those due first."""
    return MeetingDecision.objects.filter(TEAM_ROWS.visible(scope)).order_by("due_on", "id")


def feedback_questions(*, scope: Scope, on: dt.date | None = None) -> QuerySet[FeedbackQuestion]:
    """Questions in the order of the form; with `on`, those asked on that day."""
    found = FeedbackQuestion.objects.filter(QUESTIONS.visible(scope)).order_by("audience", "position")
    return found.filter(in_force(on)) if on is not None else found


def feedback_requests(*, scope: Scope) -> QuerySet[FeedbackRequest]:
    """Requests for feedback, the latest first."""
    return FeedbackRequest.objects.filter(VOICE.visible(scope)).order_by("-requested_at", "id")


def feedback_answers(*, scope: Scope) -> QuerySet[FeedbackAnswer]:
    """Answers given."""
    return FeedbackAnswer.objects.filter(VOICE.visible(scope)).order_by("id")

"""Teams around learners, their meetings, and what is shared with them."""

from __future__ import annotations

from backend.activities.cooperation import selectors
from backend.activities.cooperation.models import (
    CooperationTeam,
    Meeting,
    MeetingAttendance,
    MeetingDecision,
    MeetingStatus,
    MemberKind,
    TeamMember,
    TeamPart,
    TeamShare,
)
from backend.activities.cooperation.policies import MEMBERS, TEAM_ROWS, TEAMS
from graphql_schema.cases.shared import (
    ID,
    OWN_INSTITUTION,
    VERSION,
    account,
    day_filters,
    institution_filters,
    key_filter,
    touching_semester,
)
from graphql_schema.engine.declarations import Children, Column, Filter, FilterKind, ObjectType, Order, Relation

_TEAM = Relation(name="team", to="CooperationTeam", description="The team.")
_OF_LEARNER = key_filter("learnerId", "learner_id", "lrn", "About this learner.", where_read=True)

TEAM = ObjectType(
    name="CooperationTeam",
    plural="cooperationTeams",
    description=("People of several institutions who work together (sadarbības komanda), for one learner or for an institution."),
    needs="plans.read",
    model=CooperationTeam,
    select=lambda scope: selectors.cooperation_teams(scope=scope),
    policy=TEAMS,
    learner="learner_id",
    order=("-starts_on", "id"),
    orders=(
        Order(name="NAME", columns=("sort_key",), description="Latvian alphabetical order of the names."),
        Order(name="STARTS_ON", columns=("starts_on",), description="By the first day."),
    ),
    filters=(
        *institution_filters(path="institution"),
        *touching_semester(first="starts_on", last="ends_on"),
        _OF_LEARNER,
        key_filter("accountId", "user_id", "usr", "With this member.", through="members", where_read=True),
    ),
    fields=(
        ID,
        VERSION,
        Relation(name="institution", to="Institution", description="The institution that leads it."),
        Column(name="name", description="Name."),
        Relation(name="learner", to="Learner", description="The learner, where it works for one."),
        Column(name="startsOn", description="First day."),
        Column(name="endsOn", description="Last day; null while it goes on."),
        Children(name="members", to="TeamMember", via="team", description="Its members."),
        Children(name="meetings", to="Meeting", via="team", description="Its meetings."),
        Children(name="shares", to="TeamShare", via="team", description="What is shared with it, and until when."),
    ),
)

MEMBER = ObjectType(
    name="TeamMember",
    description="A member of a team, from school or from outside it.",
    needs="plans.read",
    model=TeamMember,
    select=lambda scope: selectors.team_members(scope=scope),
    policy=MEMBERS,
    order=("valid_from", "id"),
    fields=(
        ID,
        VERSION,
        _TEAM,
        Column(name="kind", enum=MemberKind, description="Where they come from."),
        account("account", "Who; null until the invitation is accepted.", attr="user"),
        Column(name="invitedName", description="Name as they were invited."),
        Column(name="organisationName", description="The organisation they come from."),
        Column(name="invitedAt", description="When they were invited."),
        Column(name="invitationExpiresAt", description="When the invitation lapses."),
        Column(name="acceptedAt", description="When they accepted."),
        Column(name="validFrom", description="First day."),
        Column(name="validTo", description="Last day; null while it goes on."),
    ),
)

MEETING = ObjectType(
    name="Meeting",
    plural="meetings",
    description="A meeting of a team (sanāksme).",
    needs="plans.read",
    model=Meeting,
    select=lambda scope: selectors.meetings(scope=scope),
    policy=TEAM_ROWS,
    learner="learner_id",
    order=("-starts_at", "id"),
    orders=(Order(name="STARTS_AT", columns=("starts_at",), description="By when it begins."),),
    filters=(
        *institution_filters(path="institution"),
        key_filter("teamId", "team_id", CooperationTeam.tag, "Of this team."),
        _OF_LEARNER,
        Filter(
            name="status", lookup="status", kind=FilterKind.CHOICES, enum=MeetingStatus, description="In one of these statuses."
        ),
        *day_filters("starts", "starts_at__date", first="Begins on this day or later.", last="Begins on this day or earlier."),
    ),
    fields=(
        ID,
        VERSION,
        _TEAM,
        OWN_INSTITUTION,
        Relation(name="learner", to="Learner", description="The learner, where it is about one."),
        Column(name="startsAt", description="When it begins."),
        Column(name="endsAt", description="When it ends."),
        Column(name="place", description="Where, or the way to take part remotely."),
        Column(name="isRemote", description="Whether it is remote."),
        Column(name="status", enum=MeetingStatus, description="Where it stands."),
        Column(name="agenda", description="What it is about."),
        Column(name="minutesText", description="What was said; null until recorded."),
        account("recordedBy", "Who recorded it."),
        Column(name="recordedAt", description="When it was recorded."),
        Children(name="attendance", to="MeetingAttendance", via="meeting", description="Who was asked to come, and who came."),
        Children(name="decisions", to="MeetingDecision", via="meeting", description="What was agreed."),
    ),
)

ATTENDANCE = ObjectType(
    name="MeetingAttendance",
    description="Whether a member came to a meeting.",
    needs="plans.read",
    model=MeetingAttendance,
    select=lambda scope: selectors.meeting_attendance(scope=scope),
    policy=TEAM_ROWS,
    fields=(
        ID,
        Relation(name="member", to="TeamMember", description="The member."),
        Column(name="attended", description="Whether they came; null where the caller does not read it."),
    ),
)

DECISION = ObjectType(
    name="MeetingDecision",
    description="Something that a meeting agreed.",
    needs="plans.read",
    model=MeetingDecision,
    select=lambda scope: selectors.meeting_decisions(scope=scope),
    policy=TEAM_ROWS,
    learner="learner_id",
    fields=(
        ID,
        VERSION,
        Column(name="text", description="What."),
        Relation(name="responsible", to="TeamMember", description="Who sees to it."),
        Column(name="dueOn", description="By when."),
        Column(name="doneOn", description="Day on which it was done."),
    ),
)

SHARE = ObjectType(
    name="TeamShare",
    description="A part of a learner's record opened to a team until a day.",
    needs="plans.read",
    model=TeamShare,
    select=lambda scope: selectors.team_shares(scope=scope),
    policy=TEAM_ROWS,
    learner="learner_id",
    order=("-starts_on", "id"),
    fields=(
        ID,
        VERSION,
        _TEAM,
        Relation(name="learner", to="Learner", description="The learner."),
        Relation(name="plan", to="SupportPlan", description="The plan, where it is of one."),
        Column(name="part", enum=TeamPart, description="What."),
        Column(name="ground", description="On what ground."),
        account("sharedBy", "Who shared it."),
        Column(name="startsOn", description="First day."),
        Column(name="endsOn", description="Last day."),
        Column(name="endedAt", description="When it was ended before."),
    ),
)

TYPES = (TEAM, MEMBER, MEETING, ATTENDANCE, DECISION, SHARE)

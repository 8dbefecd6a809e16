"""Rows of initiatives, training, cooperation and the young people's voice."""

from __future__ import annotations

import datetime as dt

from backend.activities.cooperation import models as cooperation
from backend.activities.initiatives import models as initiatives
from backend.activities.training import models as training
from backend.core.text import sort_key
from backend.territory.models import Municipality, Programme, Region
from tests.factories.room_rows import HASH, NOON, Rooms
from tests.factories.rows import MeasureFactory


def make_activities(rooms: Rooms) -> None:
    """Write them, in the caller's transaction."""
    _initiatives(rooms)
    _training(rooms)
    _cooperation(rooms)
    _voice(rooms)


def _initiatives(rooms: Rooms) -> None:
    cast, madona = rooms.cast, Municipality.objects.get(code="LV-059")
    organisation = rooms.make(
        initiatives.YouthOrganisation,
        name="Biedrība Zaļais zars",
        sort_key=sort_key("Biedrība Zaļais zars"),
        kind="ASSOCIATION",
        registration_number="40008000000",
        municipality=madona,
        is_example=True,
    )
    rooms.make(
        initiatives.OrganisationMember,
        organisation=organisation,
        municipality=madona,
        user=cast.staff["young people's own"],
        valid_from=dt.date(2019, 1, 1),
    )
    grant = initiatives.InitiativeGrant.objects.get()
    call = rooms.make(
        initiatives.InitiativeCall,
        programme=Programme.objects.get(),
        municipality=madona,
        code="MADONA-2023",
        name_lv="Jaunatnes iniciatīvu projektu konkurss",
        round_number=5,
        status="CLOSED",
        announced_on=dt.date(2023, 1, 9),
        opens_on=dt.date(2023, 1, 16),
        closes_on=dt.date(2023, 2, 10),
        grant=grant,
        grant_amount=grant.amount,
    )
    criterion = initiatives.ScoringCriterion.objects.get(code="youth_led")
    points = rooms.make(initiatives.CallCriterion, call=call, criterion=criterion, max_points=10)
    project = rooms.make(
        initiatives.InitiativeProject,
        number="JIP-1",
        call=call,
        municipality=madona,
        organisation=organisation,
        applicant_kind="ASSOCIATION",
        title="Kopā varam",
        planned_from=dt.date(2023, 3, 1),
        planned_to=dt.date(2023, 11, 30),
        planned_participants=24,
        planned_at_risk=16,
        amount=grant.amount,
        status="RUNNING",
        submitted_by=cast.staff["young people's own"],
        submitted_at=NOON,
        decided_at=NOON,
        contract_number="L-1",
        contracted_on=dt.date(2023, 2, 27),
        started_on=dt.date(2023, 3, 1),
    )
    own = {"project": project, "municipality": madona}
    rooms.make(initiatives.ProjectStep, to_status="SUBMITTED", actor=cast.staff["young people's own"], **own)
    rooms.make(initiatives.ProjectPartner, kind="YOUTH_CENTRE", name="Jauniešu centrs", **own)
    rooms.make(
        initiatives.ProjectReport,
        submitted_at=NOON,
        participants=24,
        participants_at_risk=15,
        events_held=9,
        results="Astoņas nodarbības.",
        **own,
    )
    scoring = rooms.make(initiatives.ProjectScorer, scorer=cast.staff["scorer"], has_conflict=False, **own)
    rooms.make(
        initiatives.ProjectScore,
        by=cast.staff["scorer"],
        scoring=scoring,
        call=call,
        scorer=cast.staff["scorer"],
        criterion=points,
        max_points=10,
        points=8,
        **own,
    )
    place = MeasureFactory(plan=cast.plans["Anna"], code="YOUTH_PROJECT")
    rooms.make(
        initiatives.ProjectParticipant,
        project=project,
        institution=place.institution,
        learner=place.learner,
        measure=place,
        starts_on=dt.date(2023, 3, 1),
    )


def _training(rooms: Rooms) -> None:
    cast = rooms.cast
    event = rooms.make(
        training.TrainingEvent,
        programme=Programme.objects.get(),
        kind="SUPERVISION",
        name_lv="Supervīzija",
        starts_at=NOON,
        ends_at=NOON + dt.timedelta(hours=3),
        credited_minutes=180,
        capacity=10,
        institution=cast.schools["maple"],
        region=Region.objects.get(code="Vidzeme"),
    )
    rooms.make(training.TrainingLeader, event=event, leader=cast.staff["trainer"])
    rooms.make(
        training.TrainingRegistration,
        event=event,
        participant=cast.staff["provider of maple"],
        institution=cast.schools["maple"],
        registered_at=NOON,
    )


def _cooperation(rooms: Rooms) -> None:
    cast, plan = rooms.cast, rooms.cast.plans["Anna"]
    own = {"institution": cast.schools["maple"]}
    team = rooms.make(cooperation.CooperationTeam, name="Komanda", learner=plan.learner, starts_on=dt.date(2023, 9, 4), **own)
    own |= {"team": team}
    member = rooms.make(
        cooperation.TeamMember,
        kind="POLICE",
        user=cast.staff["police"],
        accepted_at=NOON,
        valid_from=dt.date(2023, 9, 4),
        **own,
    )
    rooms.make(
        cooperation.TeamShare,
        learner=plan.learner,
        plan=plan,
        part="SUMMARY",
        ground="Vecāka piekrišana",
        shared_by=cast.staff["author of maple"],
        starts_on=dt.date(2023, 9, 4),
        ends_on=dt.date(2023, 12, 31),
        **own,
    )
    meeting = rooms.make(
        cooperation.Meeting,
        learner=plan.learner,
        starts_at=NOON,
        ends_at=NOON + dt.timedelta(hours=1),
        status="HELD",
        minutes_text="Par kavējumiem.",
        recorded_at=NOON,
        **own,
    )
    rooms.make(cooperation.MeetingAttendance, meeting=meeting, member=member, attended=True, **own)
    rooms.make(
        cooperation.MeetingDecision, meeting=meeting, learner=plan.learner, text="Saruna ģimenē.", responsible=member, **own
    )


def _voice(rooms: Rooms) -> None:
    plan = rooms.cast.plans["Anna"]
    own = {"learner": plan.learner, "institution": plan.institution}
    request = rooms.make(
        cooperation.FeedbackRequest,
        plan=plan,
        audience="LEARNER",
        code_hash=HASH,
        requested_by=rooms.cast.staff["author of maple"],
        requested_at=NOON,
        expires_at=NOON + dt.timedelta(days=14),
        **own,
    )
    question = cooperation.FeedbackQuestion.objects.get(audience="LEARNER", code="helps")
    rooms.make(cooperation.FeedbackAnswer, request=request, question=question, value=4, answered_at=NOON, **own)

"""What the database refuses in the activities, whoever writes it. Rows are written by the state's scope: no policy refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from backend.activities.cooperation import models as cooperation
from backend.activities.initiatives import models as initiatives
from backend.activities.training import models as training
from backend.territory.models import Municipality
from tests.factories.room_rows import NOON, Rooms, refused
from tests.factories.rows import MeasureFactory, UserFactory, whole_state

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def everything(rooms: Rooms) -> Iterator[None]:
    """The database shows and takes every row."""
    with whole_state():
        yield


def _insert_refused(rooms: Rooms, name: str, model: type[Any], /, **changes: Any) -> None:
    with refused(name):
        rooms.copy(model, **changes).save(force_insert=True)


def _change_refused(rooms: Rooms, name: str, model: type[Any], /, **changes: Any) -> None:
    with refused(name):
        model.objects.filter(pk=rooms[model].pk).update(**changes)


# -- calls and projects

PROJECT: list[tuple[str, dict[str, Any]]] = [
    ("project_grant_of_call", {"amount": Decimal("4599.99")}),
    ("project_grant_of_call", {"amount": Decimal("4600.01")}),
    ("project_period", {"planned_to": dt.date(2023, 2, 1)}),
    ("project_participants", {"planned_at_risk": 25}),
    ("project_participants", {"planned_participants": 0, "planned_at_risk": 0}),
    ("project_decided_with_status", {"decided_at": None}),
    ("project_contracted_with_status", {"contract_number": ""}),
    ("project_contracted_with_status", {"contracted_on": None}),
    ("project_started_with_status", {"started_on": None}),
    ("project_completed_with_status", {"completed_on": dt.date(2023, 11, 30)}),
]


@pytest.mark.parametrize(("name", "changes"), PROJECT, ids=str)
def test_a_project_is_in_order(rooms: Rooms, name: str, changes: dict[str, Any]) -> None:
    _change_refused(rooms, name, initiatives.InitiativeProject, **changes)


def test_a_rejection_says_why(rooms: Rooms) -> None:
    rejected = {"status": "REJECTED", "contract_number": "", "contracted_on": None, "started_on": None, "number": "JIP-2"}
    _insert_refused(rooms, "project_rejected_says_why", initiatives.InitiativeProject, **rejected)
    rooms.copy(initiatives.InitiativeProject, decision_reason="Par vēlu", **rejected).save(force_insert=True)


def test_a_project_is_of_the_organiser_of_its_call(rooms: Rooms) -> None:
    elsewhere = Municipality.objects.get(code="LV-042")
    _insert_refused(rooms, "project_grant_of_call", initiatives.InitiativeProject, number="JIP-2", municipality=elsewhere)
    for model, name in (
        (initiatives.ProjectStep, "project_step_owner"),
        (initiatives.ProjectPartner, "project_partner_owner"),
        (initiatives.OrganisationMember, "organisation_member_owner"),
    ):
        changes = {"valid_from": dt.date(2018, 1, 1), "valid_to": dt.date(2018, 2, 1)} if "member" in name else {}
        _insert_refused(rooms, name, model, municipality=elsewhere, **changes)


def test_a_call_takes_its_grant_and_its_dates_in_order(rooms: Rooms) -> None:
    call = initiatives.InitiativeCall
    _insert_refused(rooms, "call_grant", call, code="OTHER", grant_amount=5000)
    _insert_refused(rooms, "call_dates", call, code="OTHER", closes_on=dt.date(2023, 1, 15))
    _insert_refused(rooms, "call_risk_share", call, code="OTHER", min_risk_share_percent=101)
    _insert_refused(rooms, "call_code", call)


def test_one_grant_holds_at_a_time(rooms: Rooms) -> None:
    grant = initiatives.InitiativeGrant.objects.get()
    with refused("initiative_grant_one_at_a_time"):
        initiatives.InitiativeGrant.objects.create(programme=grant.programme, amount=5000, valid_from=dt.date(2024, 1, 1))
    initiatives.InitiativeGrant.objects.filter(pk=grant.pk).update(valid_to=dt.date(2023, 12, 31))
    initiatives.InitiativeGrant.objects.create(programme=grant.programme, amount=5000, valid_from=dt.date(2024, 1, 1))


def test_a_status_follows_the_table_of_transitions(rooms: Rooms) -> None:
    project = initiatives.InitiativeProject.objects.filter(pk=rooms[initiatives.InitiativeProject].pk)
    with refused("initiative_transition_in_force"):
        project.update(status="CONTRACTED", started_on=None)  # one does not go back
    project.update(status="REPORT_SUBMITTED")
    step = initiatives.InitiativeTransition.objects.filter(from_status="REPORT_SUBMITTED", to_status="COMPLETED")
    step.update(valid_to=dt.date(2023, 10, 15))  # the day before the caller's
    with refused("initiative_transition_in_force"):
        project.update(status="COMPLETED", completed_on=dt.date(2023, 10, 16))
    step.update(valid_to=dt.date(2023, 10, 16))
    project.update(status="COMPLETED", completed_on=dt.date(2023, 10, 16))
    _change_refused(rooms, "initiative_transition_in_force", initiatives.InitiativeCall, status="OPEN")


def test_a_school_is_chosen_and_another_partner_named(rooms: Rooms) -> None:
    partner = initiatives.ProjectPartner
    _insert_refused(rooms, "project_partner_is_named", partner, kind="SCHOOL")
    _insert_refused(rooms, "project_partner_is_named", partner, name="")
    school = {"kind": "SCHOOL", "name": "", "institution": rooms.cast.schools["maple"]}
    rooms.copy(partner, **school).save(force_insert=True)
    _insert_refused(rooms, "project_partner_once", partner, **school)


def _as(person: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.principal', %s, true)", [str(person.pk)])


def test_points_keep_to_the_criterion_and_come_from_who_has_no_conflict(rooms: Rooms) -> None:
    _as(rooms.cast.staff["scorer"])
    _change_refused(rooms, "project_score_within_criterion", initiatives.ProjectScore, points=11)
    _insert_refused(rooms, "project_score_once", initiatives.ProjectScore)
    _change_refused(rooms, "project_score_of_criterion", initiatives.ProjectScore, max_points=20)
    scorer = initiatives.ProjectScorer.objects.filter(pk=rooms[initiatives.ProjectScorer].pk)
    for declared in (True, None):
        scorer.update(has_conflict=declared)
        _change_refused(rooms, "project_score_without_conflict", initiatives.ProjectScore, points=9)
        with refused("project_scorer_declares_first"):
            scorer.update(finished_at=NOON)


def test_points_are_of_the_scorer_and_the_call(rooms: Rooms) -> None:
    need = initiatives.ScoringCriterion.objects.get(code="need")
    another = rooms.copy(initiatives.CallCriterion, criterion=need)
    another.save(force_insert=True)
    agency = rooms.cast.staff["agency"]
    _as(agency)
    _insert_refused(rooms, "project_score_of_scorer", initiatives.ProjectScore, criterion=another, scorer=agency)
    other = rooms.copy(initiatives.InitiativeCall, code="OTHER")
    other.save(force_insert=True)
    _as(rooms.cast.staff["scorer"])
    _change_refused(rooms, "project_score_of_(project|criterion)", initiatives.ProjectScore, call=other)


def test_a_participant_has_a_place_of_the_own_plan(rooms: Rooms) -> None:
    participant = initiatives.ProjectParticipant
    _insert_refused(rooms, "participant_once", participant)
    elsewhere = {"learner": rooms.cast.learners["Bruno"], "institution": rooms.cast.schools["linden"]}
    _insert_refused(rooms, "participant_measure", participant, **elsewhere)
    meals = MeasureFactory(plan=rooms.cast.plans["Bruno"], code="CATERING")
    _insert_refused(rooms, "participant_measure", participant, measure=meals, **elsewhere)
    _insert_refused(rooms, "participant_kind", participant, measure=meals, kind_code="CATERING", **elsewhere)
    place = MeasureFactory(plan=rooms.cast.plans["Bruno"], code="YOUTH_PROJECT")
    rooms.copy(participant, measure=place, **elsewhere).save(force_insert=True)
    _change_refused(rooms, "participant_outcome_at_the_end", participant, finished=True)
    _change_refused(rooms, "participant_period", participant, ends_on=dt.date(2023, 2, 1))


def test_steps_and_answers_are_added_and_never_changed(rooms: Rooms) -> None:
    for model, change in ((initiatives.ProjectStep, {"comment": "x"}), (cooperation.FeedbackAnswer, {"value": 1})):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.update(**change)  # type: ignore[attr-defined]


# -- training


@pytest.mark.parametrize("changes", [{"capacity": 11}, {"credited_minutes": 120}], ids=str)
def test_a_supervision_keeps_to_its_term(rooms: Rooms, changes: dict[str, int]) -> None:
    _change_refused(rooms, "training_event_within_term", training.TrainingEvent, **changes)
    term = training.TrainingTerm.objects.filter(kind="SUPERVISION")
    term.update(valid_to=dt.date(2023, 10, 1))  # the event is on the second
    training.TrainingEvent.objects.filter(pk=rooms[training.TrainingEvent].pk).update(**changes)


def test_other_kinds_have_no_limit_that_nobody_named(rooms: Rooms) -> None:
    rooms.copy(training.TrainingEvent, kind="CONFERENCE", capacity=300, credited_minutes=400).save(force_insert=True)


def test_an_event_holds_no_more_than_its_places(rooms: Rooms) -> None:
    event, registration = rooms[training.TrainingEvent], training.TrainingRegistration
    for _number in range(9):
        rooms.copy(registration, participant=UserFactory()).save(force_insert=True)
    late = UserFactory()
    _insert_refused(rooms, "training_event_full", registration, participant=late)
    waiting = rooms.copy(registration, participant=late, status="WAITING")
    waiting.save(force_insert=True)
    with refused("training_event_full"):
        registration.objects.filter(pk=waiting.pk).update(status="REGISTERED")
    with refused("training_event_full"):
        training.TrainingEvent.objects.filter(pk=event.pk).update(capacity=9)
    registration.objects.filter(pk=rooms[registration].pk).update(status="CANCELLED")
    registration.objects.filter(pk=waiting.pk).update(status="REGISTERED")


def test_a_certificate_is_for_who_attended(rooms: Rooms) -> None:
    registration = training.TrainingRegistration
    certificate = {"certificate_code": "K7QM-2R8T", "certified_at": NOON}
    _change_refused(rooms, "certificate_for_attendance", registration, **certificate)
    came = {"attendance_recorded_at": NOON}
    _change_refused(rooms, "certificate_for_attendance", registration, attended_minutes=0, **came, **certificate)
    _change_refused(rooms, "registration_attendance_recorded", registration, attended_minutes=180)
    _change_refused(rooms, "registration_attendance_recorded", registration, attended_minutes=180, status="WAITING", **came)
    registration.objects.filter(pk=rooms[registration].pk).update(attended_minutes=180, **came, **certificate)
    _insert_refused(
        rooms, "certificate_code", registration, participant=UserFactory(), attended_minutes=60, **came, **certificate
    )
    _insert_refused(rooms, "registration_once", registration)


# -- teams, meetings, sharing, voice

TEAM: list[tuple[str, type[Any], dict[str, Any]]] = [
    ("team_period", cooperation.CooperationTeam, {"ends_on": dt.date(2023, 9, 3)}),
    ("team_member_validity", cooperation.TeamMember, {"valid_to": dt.date(2023, 9, 3)}),
    ("team_member_is_somebody", cooperation.TeamMember, {"user": None, "accepted_at": None, "invited_name": "Kāds"}),
    (
        "team_member_accepted_with_user",
        cooperation.TeamMember,
        {"user": None, "invited_name": "K", "invited_email": "k@example.org"},
    ),
    ("team_invitation_expires", cooperation.TeamMember, {"invitation_hash": "ab" * 32}),
    ("share_ends", cooperation.TeamShare, {"ends_on": dt.date(2023, 9, 3)}),
    ("share_has_a_ground", cooperation.TeamShare, {"ground": ""}),
    ("meeting_period", cooperation.Meeting, {"ends_at": NOON}),
    ("meeting_recorded_when_held", cooperation.Meeting, {"recorded_at": None}),
    ("decision_due_has_who", cooperation.MeetingDecision, {"responsible": None, "due_on": dt.date(2023, 11, 1)}),
    ("feedback_code_is_a_hash", cooperation.FeedbackRequest, {"code_hash": "K7QM-2R8T"}),
    ("feedback_expires", cooperation.FeedbackRequest, {"expires_at": NOON}),
    ("feedback_answered_in_time", cooperation.FeedbackRequest, {"answered_at": NOON + dt.timedelta(days=15)}),
    ("feedback_answered_in_time", cooperation.FeedbackRequest, {"answered_at": NOON + HOUR, "withdrawn_at": NOON + HOUR}),
]


@pytest.mark.parametrize(("name", "model", "changes"), TEAM, ids=lambda value: getattr(value, "__name__", str(value)))
def test_cooperation_is_in_order(rooms: Rooms, name: str, model: type[Any], changes: dict[str, Any]) -> None:
    _change_refused(rooms, name, model, **changes)


def test_one_is_a_member_once_at_a_time(rooms: Rooms) -> None:
    _insert_refused(rooms, "team_member_once_at_a_time", cooperation.TeamMember, valid_from=dt.date(2023, 10, 1))


def test_a_part_is_shared_once_at_a_time_and_of_the_own_plan(rooms: Rooms) -> None:
    share = cooperation.TeamShare
    _insert_refused(rooms, "share_once_at_a_time", share, starts_on=dt.date(2023, 12, 31))
    rooms.copy(share, starts_on=dt.date(2024, 1, 1), ends_on=dt.date(2024, 5, 31)).save(force_insert=True)
    _insert_refused(rooms, "team_share_of_plan", share, plan=rooms.cast.plans["Bruno"])
    _insert_refused(
        rooms,
        "team_share_owner",
        share,
        plan=rooms.cast.plans["Bruno"],
        learner=rooms.cast.learners["Bruno"],
        institution=rooms.cast.schools["linden"],
    )


def test_what_hangs_on_a_team_is_of_its_institution(rooms: Rooms) -> None:
    linden = {"institution": rooms.cast.schools["linden"]}
    _insert_refused(rooms, "team_member_owner", cooperation.TeamMember, user=UserFactory(), **linden)
    _insert_refused(rooms, "meeting_owner", cooperation.Meeting, **linden)
    _insert_refused(rooms, "meeting_decision_(owner|responsible)", cooperation.MeetingDecision, **linden)
    other = rooms.copy(cooperation.CooperationTeam)
    other.save(force_insert=True)
    elsewhere = rooms.copy(cooperation.TeamMember, team=other)
    elsewhere.save(force_insert=True)
    _insert_refused(rooms, "meeting_attendance_of_member", cooperation.MeetingAttendance, member=elsewhere)
    _insert_refused(rooms, "meeting_attendance_once", cooperation.MeetingAttendance)
    _insert_refused(rooms, "meeting_decision_responsible", cooperation.MeetingDecision, responsible=elsewhere)


def test_feedback_is_asked_once_a_plan_and_audience(rooms: Rooms) -> None:
    request = cooperation.FeedbackRequest
    _insert_refused(rooms, "feedback_code_once", request, audience="GUARDIAN")
    _insert_refused(rooms, "feedback_once_a_plan", request, code_hash="cd" * 32)
    rooms.copy(request, code_hash="cd" * 32, audience="GUARDIAN").save(force_insert=True)
    _insert_refused(rooms, "feedback_of_plan", request, code_hash="ef" * 32, plan=rooms.cast.plans["Bruno"])


def test_an_answer_fits_its_question(rooms: Rooms) -> None:
    answer = cooperation.FeedbackAnswer
    words = cooperation.FeedbackQuestion.objects.get(audience="LEARNER", code="words")
    scale = cooperation.FeedbackQuestion.objects.get(audience="LEARNER", code="heard")
    of_guardians = cooperation.FeedbackQuestion.objects.get(audience="GUARDIAN", code="words")
    _insert_refused(rooms, "feedback_answer_fits", answer, question=scale, value=6)
    _insert_refused(rooms, "feedback_answer_fits", answer, question=scale, value=None, text="Jā")
    _insert_refused(rooms, "feedback_answer_fits", answer, question=words, value=3)
    _insert_refused(rooms, "feedback_answer_fits", answer, question=of_guardians, value=None, text="Jā")
    rooms.copy(answer, question=words, value=None, text="Vairāk sarunu.").save(force_insert=True)
    cooperation.FeedbackRequest.objects.update(withdrawn_at=NOON)
    _insert_refused(rooms, "feedback_answer_fits", answer, question=scale, value=4)

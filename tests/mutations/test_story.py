"""A school's journal registers a learner and works through to thirty hours, then reads it all back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.cases.plans.models import SupportPlan
from backend.core.clock import now
from backend.core.trail.context import Channel
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender, document
from tests.mutations.samples.learners import NO_CODE

PLAN = "supportPlan { id number version status periodFrom periodTo author: institution { code } learner { familyName } }"
MEASURE = "measure { id version kindCode subject plannedHours plannedAmount months note plan { version } }"
HOURS = "consultations { id heldOn startsAt topic hours measure { kindCode plan { number } } learner { familyName } }"
WHOLE = """query ($id: ID!) { learner(id: $id) { givenName familyName birthDate registeringInstitution { code }
  enrolments(first: 5) { edges { node { stage programmeKind startsOn educationProgramme } } }
  supportPlans(first: 5) { edges { node { number status measures(first: 5, filters: {category: [CONSULTATION]}) { edges { node {
    kindCode plannedHours consultations(first: 100) { totalCount edges { node { heldOn startsAt topic } } } } } } } } } } }"""


def hours(measure: str, count: int = 30) -> list[dict[str, str]]:
    """Entries on school days from 4 September on, two a day."""
    days = [dt.date(2023, 9, 4) + dt.timedelta(days=step // 2) for step in range(count)]
    return [
        {"measureId": measure, "heldOn": day.isoformat(), "startsAt": f"{14 + place % 2}:00:00", "topic": f"Temats {place}"}
        for place, day in enumerate(days)
    ]


def activate(plan: str) -> None:
    """The steps to an active plan are not there yet."""
    with whole_state():
        SupportPlan.objects.filter(number=plan).update(status="ACTIVE", submitted_at=now(), activated_at=now())


def work(entries: CaptureQueriesContext) -> list[str]:
    """Statements without those that begin and end transactions."""
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return [entry["sql"] for entry in entries if not entry["sql"].startswith(control)]


def story(send: Sender) -> dict[str, Any]:
    """The whole way; what the last query gave."""
    learner = send(
        "journal",
        "registerLearner",
        {"institutionCode": "MAPLE", "givenName": "  Ilze ", "familyName": "Paraudzin\u0327a", "birthDate": "2009-03-01"}
        | NO_CODE,
        selection="learner { id givenName familyName version registeringInstitution { code } }",
    )["learner"]
    assert (learner["givenName"], learner["familyName"], learner["version"]) == ("Ilze", "Paraudziņa", 1)
    enrolment = send(
        "journal",
        "enrolLearner",
        {
            "learnerId": learner["id"],
            "institutionCode": "MAPLE",
            "programmeKind": "GENERAL",
            "stage": 8,
            "startsOn": "2023-09-01",
            "educationProgramme": "Pamatizglītības programma",
        },
        selection="enrolment { stage endsOn learner { familyName } institution { code } structuralUnit { name } }",
    )["enrolment"]
    assert enrolment == {
        "stage": 8,
        "endsOn": None,
        "learner": {"familyName": "Paraudziņa"},
        "institution": {"code": "MAPLE"},
        "structuralUnit": None,
    }
    plan = send(
        "journal",
        "draftSupportPlan",
        {"learnerId": learner["id"], "institutionCode": "MAPLE", "semesterCode": "2023/2024-1"},
        selection=PLAN,
    )["supportPlan"]
    assert (plan["status"], plan["periodFrom"], plan["periodTo"]) == ("DRAFT", "2023-09-01", "2023-12-31")
    teaching = send(
        "journal",
        "planMeasure",
        {"planId": plan["id"], "kindCode": "TEACHER", "subject": "Matemātika", "plannedHours": 30, "months": [9, 10]},
        selection=MEASURE,
    )["measure"]
    assert (teaching["plannedHours"], teaching["plannedAmount"], teaching["months"]) == (30, None, [9, 10])
    assert teaching["plan"]["version"] == plan["version"] + 1
    meals = send(
        "journal",
        "planMeasure",
        {"planId": plan["id"], "kindCode": "CATERING", "plannedAmount": "31.5", "expectedVersion": plan["version"] + 1},
        selection=MEASURE,
    )["measure"]
    assert (meals["plannedAmount"], meals["plan"]["version"]) == ("31.50", plan["version"] + 2)
    activate(plan["number"])
    payload = send(
        "journal",
        "recordConsultations",
        {"entries": hours(teaching["id"]), "clientMutationId": "september"},
        selection=HOURS,
    )
    given = [(row["heldOn"], row["startsAt"], row["topic"]) for row in payload["consultations"]]
    assert given == [(entry["heldOn"], entry["startsAt"], entry["topic"]) for entry in hours("")]
    assert payload["consultations"][0]["measure"] == {"kindCode": "TEACHER", "plan": {"number": plan["number"]}}
    whole = send.ask("journal", WHOLE, id=learner["id"])
    assert whole.body["extensions"]["engine"] == "compiled"
    found: dict[str, Any] = whole.data["learner"]
    return found


def check_told(found: dict[str, Any]) -> None:
    assert (found["givenName"], found["familyName"], found["birthDate"]) == ("Ilze", "Paraudziņa", "2009-03-01")
    (enrolment,) = (edge["node"] for edge in found["enrolments"]["edges"])
    assert enrolment["educationProgramme"] == "Pamatizglītības programma"
    (plan,) = (edge["node"] for edge in found["supportPlans"]["edges"])
    (measure,) = (edge["node"] for edge in plan["measures"]["edges"])
    assert measure["consultations"]["totalCount"] == 30
    topics = [edge["node"]["topic"] for edge in measure["consultations"]["edges"]]
    assert topics == [f"Temats {place}" for place in range(30)]


def test_from_registering_to_thirty_hours(send: Sender) -> None:
    check_told(story(send))


def teaching(office: Office) -> str:
    return office.desk.measure(planned_hours=60).public_id


def test_one_hour_and_thirty_take_the_same_statements(send: Sender, office: Office) -> None:
    send.ask("journal", "{ viewer { appName } }")  # the caller has been met
    measure, counts = teaching(office), []
    for entries in (hours(measure, 31)[:1], hours(measure, 31)[1:]):
        with CaptureQueriesContext(connection) as seen:
            assert send("journal", "recordConsultations", {"entries": entries}, selection=HOURS)["errors"] == []
        counts.append(len(work(seen)))
    assert counts[0] == counts[1], "nothing is done entry by entry"


def test_an_answers_relations_are_loaded_once_for_all(send: Sender, office: Office) -> None:
    measure = teaching(office)
    send.ask("journal", "{ viewer { appName } }")  # the caller has been met
    with CaptureQueriesContext(connection) as plain:
        send("journal", "recordConsultations", {"entries": hours(measure, 20)[:10]}, selection="consultations { id }")
    with CaptureQueriesContext(connection) as deep:
        payload = send("journal", "recordConsultations", {"entries": hours(measure, 20)[10:]}, selection=HOURS)
    assert len(payload["consultations"]) == 10
    assert len(work(deep)) == len(work(plain)) + 3, "the measure, its plan, the learner"


def test_what_is_recorded_is_noted_with_channel_and_actor(send: Sender, office: Office) -> None:
    made = send(
        "journal",
        "registerLearner",
        {"institutionCode": "MAPLE", "givenName": "Ilze", "familyName": "Paraudziņa", "birthDate": "2009-03-01"} | NO_CODE,
    )
    key = made["learner"]["id"].split("_")[1]
    with whole_state(), connection.cursor() as cursor:
        cursor.execute("select current_setting('app.channel', true)")
        assert cursor.fetchone()[0] in (None, ""), "it does not stay on the connection"
        cursor.execute("select trail_channel, trail_principal from trail.learners_learner where id = %s", [key])
        channel, principal = cursor.fetchone()
    assert (channel, str(principal)) == (Channel.CASE_API, str(office.apps["journal"].service_account_id))


def test_a_document_of_many_commands_runs_them_in_order(send: Sender, office: Office) -> None:
    plan = office.draft()
    fixed = f'planId: "{plan.public_id}", kindCode: "PSYCHOLOGIST"'
    parts = " ".join(
        f"m{n}: planMeasure(input: {{{fixed}, plannedHours: {n}, expectedVersion: {v}}})"
        " { measure { plannedHours plan { version measures(first: 9) { totalCount } } } errors { field code } }"
        for n, v in ((1, 1), (2, 1), (3, 2), (1000, 3), (5, 3))
    )
    reply = send.ask("journal", f"mutation {{ {parts} }}")
    assert reply.body["extensions"]["engine"] == "resolved"
    told = {name: part["measure"] and part["measure"]["plan"] for name, part in reply.data.items()}
    assert told == {
        "m1": {"version": 2, "measures": {"totalCount": 1}},
        "m2": None,
        "m3": {"version": 3, "measures": {"totalCount": 2}},
        "m1000": None,
        "m5": {"version": 4, "measures": {"totalCount": 3}},
    }
    assert reply.data["m2"]["errors"] == [{"field": "expectedVersion", "code": "CONFLICT"}]
    assert reply.data["m1000"]["errors"] == [{"field": "plannedHours", "code": "LIMIT_EXCEEDED"}]


def test_a_command_costs_more_than_a_look(send: Sender, office: Office) -> None:
    given = {"planId": office.draft().public_id, "kindCode": "PSYCHOLOGIST", "plannedHours": 3}
    body = {"query": document("planMeasure"), "variables": {"input": given}}
    assert send.post("journal", body).body["extensions"]["cost"]["requested"] == 10 + 1
    entries = {"query": document("recordConsultations"), "variables": {"input": {"entries": []}}}
    assert send.post("journal", entries).body["extensions"]["cost"]["requested"] == 30 + 100

"""How a command is refused: with every reason, at its place in the input, in the caller's language, and nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.models import AccessToken
from backend.cases.learners.models import Learner
from backend.core.clock import now
from backend.core.refusals import Code
from backend.territory.models import Semester
from graphql_schema.engine.mutations import CODES
from tests.factories.rows import EnrolmentFactory, LearnerFactory, whole_state
from tests.mutations.office import Office, Sender, codes, document
from tests.mutations.samples import SAMPLES

Case = Callable[[Office, Sender], dict[str, Any]]


def _register(**fields: Any) -> Case:
    return lambda office, send: send("journal", "registerLearner", SAMPLES["registerLearner"].make(office) | fields)


def _draft(**fields: Any) -> Case:
    return lambda office, send: send("journal", "draftSupportPlan", SAMPLES["draftSupportPlan"].make(office) | fields)


def _measure(**fields: Any) -> Case:
    return lambda office, send: send("journal", "planMeasure", SAMPLES["planMeasure"].make(office) | fields)


def _hour(**fields: Any) -> Case:
    def act(office: Office, send: Sender) -> dict[str, Any]:
        (entry, _) = SAMPLES["recordConsultations"].make(office)["entries"]
        return send("journal", "recordConsultations", {"entries": [entry | fields]})

    return act


def _drafted_twice(office: Office, send: Sender) -> dict[str, Any]:
    assert _draft()(office, send)["errors"] == []
    return _draft()(office, send)


def _not_enrolled(office: Office, send: Sender) -> dict[str, Any]:
    return _draft(learnerId=office.cast.learners["Elza"].public_id)(office, send)


def _on_a_running_plan(office: Office, send: Sender) -> dict[str, Any]:
    return _measure(planId=office.desk.running_plan().public_id)(office, send)


def _in_a_closed_semester(office: Office, send: Sender) -> dict[str, Any]:
    with whole_state():
        Semester.objects.filter(code="2023/2024-1").update(closed_at=now())
    return _draft()(office, send)


def _overlapping_enrolment(office: Office, send: Sender) -> dict[str, Any]:
    with whole_state():
        learner = LearnerFactory(registering_institution=office.desk.school)
        EnrolmentFactory(learner=learner, institution=office.cast.schools["birch"], starts_on=dt.date(2023, 9, 1))
        EnrolmentFactory(learner=learner, starts_on=dt.date(2022, 9, 1), ends_on=dt.date(2023, 8, 31), end_reason="MOVED")
    given = SAMPLES["enrolLearner"].make(office) | {"learnerId": learner.public_id, "startsOn": "2023-10-01"}
    return send("journal", "enrolLearner", given)


CASES: list[tuple[str, Case, str | None, Code]] = [
    ("an empty name", _register(givenName=" \u00a0 "), "givenName", Code.REQUIRED),
    ("no institution", _register(institutionCode=None), "institutionId", Code.REQUIRED),
    ("id and code", _register(institutionId="inst_" + "0" * 32), "institutionCode", Code.INVALID),
    ("an unknown code", _register(institutionCode="NOWHERE"), "institutionCode", Code.NOT_FOUND),
    ("a code of control signs", _register(institutionCode="\u0007MAPLE"), "institutionCode", Code.NOT_FOUND),
    ("another school", _register(institutionCode="BIRCH"), "institutionCode", Code.NOT_ALLOWED),
    ("born in the future", _register(birthDate="2024-01-01"), "birthDate", Code.INVALID),
    ("a name of signs", _register(familyName="!?"), "familyName", Code.INVALID),
    ("a turned text", _register(familyName="A\u202eB"), "familyName", Code.INVALID),
    ("drafted twice", _drafted_twice, "learnerId", Code.DUPLICATE),
    ("not enrolled", _not_enrolled, "learnerId", Code.UNMET_CONDITION),
    ("a closed semester", _in_a_closed_semester, "semesterCode", Code.LOCKED),
    ("an unknown semester", _draft(semesterCode="1999"), "semesterCode", Code.NOT_FOUND),
    ("a plan of another year", _draft(periodFrom="1900-01-01"), "learnerId", Code.UNMET_CONDITION),
    ("a plan in a far year", _draft(periodTo="9999-12-31"), "periodTo", Code.OUT_OF_PERIOD),
    ("a running plan", _on_a_running_plan, "planId", Code.LOCKED),
    ("an unknown kind", _measure(kindCode="JUGGLER"), "kindCode", Code.NOT_FOUND),
    ("too many hours", _measure(plannedHours=1000), "plannedHours", Code.LIMIT_EXCEEDED),
    ("too few hours", _measure(plannedHours=-(2**31)), "plannedHours", Code.INVALID),
    ("an amount in words", _measure(plannedAmount="thirty"), "plannedAmount", Code.INVALID),
    ("an amount with a comma", _measure(plannedAmount="31,50"), "plannedAmount", Code.INVALID),
    ("an amount beyond all", _measure(plannedAmount="1e999999999"), "plannedAmount", Code.INVALID),
    ("an amount that is none", _measure(plannedAmount="NaN"), "plannedAmount", Code.INVALID),
    ("a month outside", _measure(months=[3]), "months", Code.OUT_OF_PERIOD),
    ("a stale version", _measure(expectedVersion=2), "expectedVersion", Code.CONFLICT),
    ("an hour to come", _hour(heldOn="2023-10-20"), "entries.0.heldOn", Code.OUT_OF_PERIOD),
    ("an hour at the end of time", _hour(heldOn="9999-12-31"), "entries.0.heldOn", Code.INVALID),
    ("an hour at its beginning", _hour(heldOn="0001-01-01"), "entries.0.heldOn", Code.INVALID),
    ("an hour without a topic", _hour(topic=""), "entries.0.topic", Code.REQUIRED),
    ("an hour with an offset", _hour(startsAt="14:00:00+02:00"), "entries.0.startsAt", Code.INVALID),
    ("an overlapping enrolment elsewhere", _overlapping_enrolment, "startsOn", Code.CONFLICT),
]


@pytest.mark.parametrize(("act", "field", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_refusal_names_code_and_place(send: Sender, office: Office, act: Case, field: str | None, code: Code) -> None:
    payload = act(office, send)
    assert codes(payload) == {field: code}
    (made,) = (value for name, value in payload.items() if name not in {"errors", "clientMutationId"})
    assert made is None
    assert len(payload["errors"][0]["message"]) > 10


def test_every_code_is_reached_and_described() -> None:
    assert {code for _, _, _, code in CASES} == set(Code) == set(CODES)


def test_every_reason_is_named_at_once(send: Sender, office: Office) -> None:
    given = {"institutionCode": "MAPLE", "givenName": "", "familyName": "!", "birthDate": "1800-01-01", "noCodeReason": "x"}
    found = codes(send("journal", "registerLearner", given))
    assert found == {"givenName": "REQUIRED", "familyName": "INVALID", "birthDate": "INVALID"}
    measure = office.desk.measure().public_id
    entries = [
        {"measureId": measure, "heldOn": "2023-10-02", "startsAt": "10:00:00", "topic": "Laba"},
        {"measureId": "nothing", "heldOn": "2023-10-02", "startsAt": "11:00:00", "topic": ""},
        {"measureId": measure, "heldOn": "2023-10-02", "startsAt": "12:00:00", "topic": "x" * 501},
    ]
    assert codes(send("journal", "recordConsultations", {"entries": entries})) == {
        "entries.1.measureId": "NOT_FOUND",
        "entries.1.topic": "REQUIRED",
        "entries.2.topic": "INVALID",
    }


def test_a_refused_command_answers_200_without_a_request_error(send: Sender, office: Office) -> None:
    given = {"givenName": "", "familyName": "", "birthDate": "2009-01-01"}
    reply = send.post("journal", {"query": document("registerLearner"), "variables": {"input": given}})
    assert reply.status == 200
    payload = reply.body["data"]["registerLearner"]
    assert (payload["learner"], payload["clientMutationId"], codes(payload)) == (None, None, {"institutionId": "REQUIRED"})
    assert "errors" not in reply.body


@pytest.mark.parametrize(
    ("header", "english"),
    [
        ("lv", False),
        ("en", True),
        ("en-GB,en;q=0.9,lv;q=0.5", True),
        ("de, lv;q=0.4, en;q=0.3", False),
        ("", False),
        ("xx-!!", False),
    ],
)
def test_messages_come_in_the_language_asked_for(send: Sender, office: Office, header: str, english: bool) -> None:
    given = SAMPLES["draftSupportPlan"].make(office) | {"learnerId": office.cast.learners["Elza"].public_id}
    (error,) = send("journal", "draftSupportPlan", given, language=header)["errors"]
    wording = "The learner is not enrolled at this institution in that time. Enrol the learner first."
    assert (error["message"] == wording) is english
    assert ("Izglītojamais" in error["message"]) is not english
    assert error["code"] == "UNMET_CONDITION"


def test_own_messages_of_the_api_are_translated(send: Sender, office: Office) -> None:
    given = SAMPLES["registerLearner"].make(office) | {"institutionCode": None}
    said = {
        language: send("journal", "registerLearner", given, language=language)["errors"][0]["message"]
        for language in ("lv", "en")
    }
    assert said["en"] == "Name it by institutionId or institutionCode."
    assert "institutionId" in said["lv"]
    assert said["lv"] != said["en"]


def test_malformed_values_are_request_errors(send: Sender, office: Office) -> None:
    given = SAMPLES["registerLearner"].make(office)
    for wrong in ({"birthDate": "yesterday"}, {"birthDate": None}, {"givenName": 5}, {"nickname": "x"}):
        reply = send.post(
            "journal",
            {
                "query": "mutation Do($input: RegisterLearnerInput!) { registerLearner(input: $input) { errors { code } } }",
                "variables": {"input": given | wrong},
            },
        )
        assert reply.codes == ["BAD_REQUEST"]
    with whole_state():
        assert not Learner.objects.filter(given_name="Ilze").exists()


def test_a_role_that_only_reads_is_told_so(send: Sender, office: Office) -> None:
    """The register's token carries the scope; its role takes no such step anywhere."""
    assert codes(send("register", "registerLearner", SAMPLES["registerLearner"].make(office), selection="clientMutationId")) == {
        "institutionCode": "NOT_ALLOWED"
    }


def test_a_token_that_ended_writes_nothing(send: Sender, office: Office) -> None:
    given = SAMPLES["registerLearner"].make(office)
    assert send("journal", "registerLearner", given)["errors"] == []
    AccessToken.objects.update(expires=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))  # the process still remembers the caller
    reply = send.post(
        "journal",
        {
            "query": "mutation Do($input: RegisterLearnerInput!) { registerLearner(input: $input) { errors { code } } }",
            "variables": {"input": given},
        },
    )
    assert (reply.status, reply.codes) == (401, ["UNAUTHENTICATED"])
    with whole_state():
        assert Learner.objects.filter(given_name="Ilze").count() == 1

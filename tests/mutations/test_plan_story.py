"""A plan from the application to ACTIVE over the API, each step by the app whose people take it; and back and forth."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.rows import ConsultationFactory, MeasureFactory, RiskAssessmentFactory, whole_state
from tests.mutations.office import Office, Sender, codes
from tests.mutations.samples.learners import NO_CODE
from tests.mutations.test_story import work

PLAN = "supportPlan { id status version }"
WHOLE = """query ($id: ID!) { supportPlan(id: $id) { number status periodTo author { isService } application { signerKind signedOn
  file { mediaType path } } risks(first: 9) { edges { node { moment level riskFactor { code group } assessedBy { isService } } } }
  measures(first: 9) { edges { node { kindCode plannedHours plannedAmount risk { riskFactor { code } } } } }
  steps(first: 20) { edges { node { fromStatus toStatus role comment } } } documentPath resultText continueNext
  outcomes(first: 9) { edges { node { theme { code } note } } } } }"""
GROUPS = {
    "unexcused_absence": "LEARNING_INSTITUTION",
    "material_conditions": "ECONOMIC",
    "low_parent_support": "FAMILY",
    "long_illness": "SOCIAL_HEALTH",
}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"


def _nodes(connection_: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection_["edges"]]


def _learner(send: Sender) -> str:
    given = {"institutionCode": "MAPLE", "givenName": "Ilze", "familyName": "Paraudziņa", "birthDate": "2009-03-01"}
    learner: str = send("journal", "registerLearner", given | NO_CODE)["learner"]["id"]
    enrolment = {"institutionCode": "MAPLE", "programmeKind": "GENERAL", "stage": 8, "startsOn": "2023-09-01"}
    assert send("journal", "enrolLearner", {"learnerId": learner} | enrolment)["errors"] == []
    return learner


def test_from_the_application_to_an_active_plan_and_its_end(send: Sender, office: Office, settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    learner = _learner(send)
    where = {"learnerId": learner, "institutionCode": "MAPLE", "semesterCode": "2023/2024-1"}
    plan = send("journal", "draftSupportPlan", where, selection=PLAN)["supportPlan"]
    refused = send("journal", "submitSupportPlan", {"planId": plan["id"]}, language="lv")
    assert [error["code"] for error in refused["errors"]] == ["UNMET_CONDITION"] * 3
    assert refused["errors"][0]["message"].startswith("Šim semestrim nav parakstīta iesnieguma.")

    upload = Client().post(
        "/files/",
        {"file": SimpleUploadedFile("iesniegums.png", PNG), "institutionCode": "MAPLE", "learnerId": learner},
        headers={"authorization": f"Bearer {send.token('journal')}"},
    )
    given = {"signedOn": "2023-09-04", "receivedOn": "2023-09-05", "signerKind": "PARENT", "fileId": upload.json()["id"]}
    assert send("journal", "recordApplication", where | given)["errors"] == []
    risks = {
        code: send(
            "journal",
            "assessRisk",
            {"planId": plan["id"], "riskFactorCode": code, "moment": "START", "level": 2},
            selection="riskAssessment { id riskFactor { group } }",
        )["riskAssessment"]
        for code in GROUPS
    }
    assert {code: risk["riskFactor"]["group"] for code, risk in risks.items()} == GROUPS
    for measure in (
        {"kindCode": "TEACHER", "subject": "Matemātika", "plannedHours": 20, "riskId": risks["unexcused_absence"]["id"]},
        {"kindCode": "CATERING", "plannedAmount": "90.50", "riskId": risks["material_conditions"]["id"]},
        {"kindCode": "YOUTH_PROJECT", "riskId": risks["low_parent_support"]["id"]},
    ):
        assert send("journal", "planMeasure", {"planId": plan["id"]} | measure)["errors"] == []

    statuses = []
    for app, step, more in (
        ("journal", "submitSupportPlan", {"comment": "Lūdzu, saskaņojiet."}),
        ("office", "approveSupportPlan", {}),
        ("municipal-system", "returnSupportPlan", {"comment": "Precizējiet ēdināšanas summu."}),
        ("journal", "submitSupportPlan", {}),
        ("office", "approveSupportPlan", {}),
        ("municipal-system", "approveSupportPlan", {}),
        ("agency", "approveSupportPlan", {"comment": "Saskaņots."}),
    ):
        seen = send.ask(app, "query ($id: ID!) { supportPlan(id: $id) { version } }", id=plan["id"]).data["supportPlan"]
        payload = send(app, step, {"planId": plan["id"], "expectedVersion": seen["version"]} | more, selection=PLAN)
        assert payload["errors"] == [], (app, step)
        statuses.append(payload["supportPlan"]["status"])
    assert statuses[-1] == "ACTIVE"
    whole = send.ask("office", WHOLE, id=plan["id"])
    assert whole.body["extensions"]["engine"] == "compiled"
    found = whole.data["supportPlan"]
    assert (found["status"], found["periodTo"]) == ("ACTIVE", "2023-12-31")
    assert (found["application"]["signerKind"], found["application"]["file"]["mediaType"]) == ("PARENT", "image/png")
    assert {node["risk"]["riskFactor"]["code"] for node in _nodes(found["measures"])} == set(GROUPS) - {"long_illness"}
    assert [(step["toStatus"], step["role"]) for step in _nodes(found["steps"])] == [
        ("DRAFT", "plan_author"),
        ("SUBMITTED", "plan_author"),
        ("APPROVED_BY_INSTITUTION", "institution_head"),
        ("RETURNED", "municipality_coordinator"),
        ("SUBMITTED", "plan_author"),
        ("APPROVED_BY_INSTITUTION", "institution_head"),
        ("APPROVED_BY_MUNICIPALITY", "municipality_coordinator"),
        ("ACTIVE", "ikvd"),
    ]
    served = Client().get(found["documentPath"], headers={"authorization": f"Bearer {send.token('office')}"})
    assert served.content.startswith(b"%PDF-")

    ends = [{"riskFactorCode": code, "level": 1} for code in GROUPS]
    outcomes = [{"themeCode": "fewer_absences", "note": "Neviena neattaisnota."}]
    result = {"planId": plan["id"], "resultText": "Iet uz priekšu.", "continueNext": True}
    assert codes(send("journal", "evaluateSupportPlan", result | {"endRisks": ends[1:]})) == {"endRisks": "UNMET_CONDITION"}
    assert send("journal", "evaluateSupportPlan", result | {"endRisks": ends, "outcomes": outcomes})["errors"] == []
    closed = send("office", "closeSupportPlan", {"planId": plan["id"]}, selection=PLAN)
    assert closed["supportPlan"]["status"] == "CLOSED"
    carried = send(
        "journal",
        "carryForwardSupportPlan",
        {"fromPlanId": plan["id"], "semesterCode": "2023/2024-2"},
        selection="supportPlan { status carriedFrom { id } differences { part change before after } }",
    )["supportPlan"]
    assert (carried["status"], carried["carriedFrom"]) == ("DRAFT", {"id": plan["id"]})
    assert {(part["part"], part["change"]) for part in carried["differences"]} == {("PERIOD", "CHANGED"), ("RISK", "CHANGED")}


def test_the_difference_is_kept_from_who_does_not_read_the_risks(send: Sender, office: Office) -> None:
    query = "query ($id: ID!) { supportPlan(id: $id) { number differences { part } } }"
    plan = office.ready().public_id
    assert send.ask("journal", query, id=plan).data["supportPlan"]["differences"] == []
    reply = send.ask("register", query, id=plan)
    assert reply.data["supportPlan"]["differences"] is None
    assert reply.body["extensions"]["engine"] == "resolved"


def test_fifty_plans_with_risks_measures_and_counts_take_six_statements(send: Sender, office: Office) -> None:
    for number in range(50):
        plan = office.desk.running_plan()
        with whole_state():
            risk = RiskAssessmentFactory(plan=plan)
            measure = MeasureFactory(plan=plan, risk=risk)
            if number < 5:
                ConsultationFactory(
                    measure=measure,
                    held_on=office.desk.semester.starts_on + dt.timedelta(days=number),
                    provider=office.desk.provider,
                )
    query = """{ supportPlans(first: 50) { totalCount edges { node { number status
      application { signedOn } steps(first: 5) { totalCount } author { displayName }
      risks(first: 9) { totalCount edges { node { level riskFactor { group } } } }
      measures(first: 9) { totalCount edges { node { kindCode plannedHours consultations(first: 1) { totalCount } } } } } } } }"""
    send.ask("journal", query)  # the caller has been met, the document compiled
    with CaptureQueriesContext(connection) as seen:
        reply = send.ask("journal", query)
    assert len(_nodes(reply.data["supportPlans"])) == 50
    assert reply.body["extensions"]["engine"] == "compiled"
    statements = [text for text in work(seen) if "core_ratebucket" not in text]
    assert len(statements) <= 6, [text[:90] for text in statements]

"""What a command would say is asked first: actions of a plan, previews of lists; in the caller's language."""

from __future__ import annotations

from typing import Any

from backend.registry.models import RiskFactor
from tests.mutations.office import Office, Sender, codes

ACTIONS = """query ($id: ID!) { supportPlan(id: $id) {
  status possibleActions { step allowed unmetConditions { code message subjectId } } } }"""


def _asked(send: Sender, app: str, plan: str, language: str = "en") -> dict[str, Any]:
    reply = send.post(app, {"query": ACTIONS, "variables": {"id": plan}}, language=language)
    found = reply.data["supportPlan"]["possibleActions"]
    return found and {action["step"]: action for action in found}


def test_a_plans_actions_are_what_its_commands_do(send: Sender, office: Office) -> None:
    plan = office.submitted().public_id
    head, journal = _asked(send, "office", plan), _asked(send, "journal", plan)
    assert {step for step, action in head.items() if action["allowed"]} == {"APPROVE", "RETURN", "INTERRUPT"}
    assert {step for step, action in journal.items() if action["allowed"]} == {"INTERRUPT"}
    [told] = _asked(send, "journal", plan, "lv")["APPROVE"]["unmetConditions"]
    [refused] = send("journal", "approveSupportPlan", {"planId": plan}, language="lv")["errors"]
    assert told == {"code": refused["code"], "message": refused["message"], "subjectId": None}
    assert told["message"] != journal["APPROVE"]["unmetConditions"][0]["message"], "in the caller's language"
    assert send("office", "approveSupportPlan", {"planId": plan})["errors"] == []
    assert "APPROVE" in _asked(send, "municipal-system", plan)
    assert _asked(send, "register", plan) is None, "an auditor does not read what the conditions name"


def test_a_list_is_previewed_written_and_read(send: Sender, office: Office) -> None:
    given = {"list": "RISK_FACTORS", "code": "low_motivation", "name": "Trūkst motivācijas", "validFrom": "2023-11-01"}
    value = "referenceValue { id code name nameEn validFrom version properties { name value } } preview { plans effectiveFrom }"
    before = send("agency", "setReferenceValue", given | {"previewOnly": True}, selection=value)
    assert (before["errors"], before["referenceValue"], before["preview"]["effectiveFrom"]) == ([], None, "2023-11-01")
    assert codes(send("municipal-system", "setReferenceValue", given)) == {None: "NOT_ALLOWED"}
    standing = RiskFactor.objects.get(code="low_motivation", valid_to=None)
    made = send("agency", "setReferenceValue", given | {"expectedVersion": standing.version}, selection=value)
    assert made["errors"] == []
    assert made["preview"] == before["preview"]
    new = made["referenceValue"]
    assert (new["name"], new["nameEn"], new["version"]) == ("Trūkst motivācijas", standing.name_en, 1)
    stated = {"group": standing.group, "factClass": standing.fact_class}
    assert {item["name"]: item["value"] for item in new["properties"]} == stated
    query = """query ($id: ID!) { node(id: $id) { ... on ReferenceValue { name } }
      referenceValues(first: 5, filters: {list: [RISK_FACTORS], code: "low_motivation"}) {
        edges { node { validFrom validTo } } } }"""
    answer = send.ask("journal", query, id=new["id"]).data
    assert answer["node"] == {"name": "Trūkst motivācijas"}
    periods = [(edge["node"]["validFrom"], edge["node"]["validTo"]) for edge in answer["referenceValues"]["edges"]]
    assert periods == [(standing.valid_from.isoformat(), "2023-10-31"), ("2023-11-01", None)]

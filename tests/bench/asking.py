"""What each engine is asked for each shape: the same rows and fields in the engine's own words.

INST   50 learners of one institution, their plans and measures (three levels)
ONE    one learner by id, with the institution
LIST   50 learners of the whole state with plans and measures, deep in the list
FIRST  the same page from the start of the list
REPORT the semester report of the whole country, beside one hand-written aggregate
WRITE  one consultation recorded; each request another one (ours checks the rules, the peers and the limit only insert)
"""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
SHAPES = ("INST", "ONE", "LIST", "FIRST", "REPORT", "WRITE")
TOPIC = "Mērījums"
CALLER_OF = {"INST": "municipal", "ONE": "municipal", "LIST": "state", "FIRST": "state", "REPORT": "state", "WRITE": "journal"}
CANNOT = {("graphene", "WRITE"), *((name, "REPORT") for name in ("strawberry", "graphene", "postgraphile"))}
"""graphene-django has no mutation of a model without a form of it; nobody else has the report."""

_PLANS = """supportPlans(first: 10) { edges { node { id number status periodFrom
  measures(first: 20) { edges { node { id category kindCode plannedHours } } } } } }"""
_LEARNER = "id givenName familyName birthDate registeringInstitution { id code name }"
OURS = {
    "INST": f"query($id: ID!) {{ learners(first: 50, filters: {{institutionId: $id}}) {{ edges {{ node {{ {_LEARNER} {_PLANS} }} }} }} }}",
    "ONE": f"query($id: ID!) {{ learner(id: $id) {{ {_LEARNER} }} }}",
    "LIST": f"query($after: String) {{ learners(first: 50, after: $after) {{ edges {{ cursor node {{ {_LEARNER} {_PLANS} }} }} }} }}",
}
OURS["FIRST"] = OURS["LIST"]
OURS["WRITE"] = """mutation($input: RecordConsultationsInput!) { recordConsultations(input: $input) {
  consultations { id heldOn startsAt topic } errors { field code } } }"""
OURS["REPORT"] = """query($code: String!) { semesterReport(semesterCode: $code) { plans learners
  riskIdentifications { group identifications plans learners } measures { kind planned delivered }
  consultations { role hours learners } reimbursements { kind learners amount } } }"""

_S_PLANS = """plans(pagination: {limit: 10}) { id number status periodFrom
  measures(pagination: {limit: 20}) { id category kindCode plannedHours } }"""
_S_LEARNER = "id givenName familyName birthDate registeringInstitution { id code nameLv }"
STRAWBERRY = {
    "INST": f"""query($key: UUID!) {{ learners(filters: {{registeringInstitutionId: $key}}, pagination: {{limit: 50}},
      ordering: [{{sortKey: ASC}}]) {{ {_S_LEARNER} {_S_PLANS} }} }}""",
    "ONE": f"query($key: UUID!) {{ learner(id: $key) {{ {_S_LEARNER} }} }}",
    "LIST": f"""query($place: Int!) {{ learners(pagination: {{offset: $place, limit: 50}}, ordering: [{{sortKey: ASC}}])
      {{ {_S_LEARNER} {_S_PLANS} }} }}""",
}
STRAWBERRY["FIRST"] = STRAWBERRY["LIST"]
STRAWBERRY["WRITE"] = "mutation($data: ConsultationInput!) { createConsultation(data: $data) { id heldOn startsAt topic } }"

_G_PLANS = """plans(first: 10) { edges { node { id number status periodFrom
  measures(first: 20) { edges { node { id category kindCode plannedHours } } } } } }"""
_G_LEARNER = "id givenName familyName birthDate registeringInstitution { id code nameLv }"
GRAPHENE = {
    "INST": f"query($key: UUID!) {{ learners(first: 50, institution: $key) {{ edges {{ node {{ {_G_LEARNER} {_G_PLANS} }} }} }} }}",
    "ONE": f"query($key: UUID!) {{ learner(key: $key) {{ {_G_LEARNER} }} }}",
    "LIST": f"query($place: Int!) {{ learners(first: 50, offset: $place) {{ edges {{ cursor node {{ {_G_LEARNER} {_G_PLANS} }} }} }} }}",
}
GRAPHENE["FIRST"] = GRAPHENE["LIST"]

_P_LEARNER = "rowId givenName familyName birthDate territoryInstitutionByRegisteringInstitutionId { rowId code nameLv }"
_P_PLANS = """plansSupportplansByLearnerId(first: 10, orderBy: [PERIOD_FROM_DESC, ROW_ID_ASC]) { nodes { rowId number status periodFrom
  plansMeasuresByPlanId(first: 20) { nodes { rowId category kindCode plannedHours } } } }"""
POSTGRAPHILE = {
    "INST": f"""query($key: UUID!) {{ allLearnersLearners(first: 50, condition: {{registeringInstitutionId: $key}},
      orderBy: [SORT_KEY_ASC, ROW_ID_ASC]) {{ nodes {{ {_P_LEARNER} {_P_PLANS} }} }} }}""",
    "ONE": f"query($key: UUID!) {{ learnersLearnerByRowId(rowId: $key) {{ {_P_LEARNER} }} }}",
    "LIST": f"""query($after: Cursor) {{ allLearnersLearners(first: 50, after: $after, orderBy: [SORT_KEY_ASC, ROW_ID_ASC])
      {{ edges {{ cursor node {{ {_P_LEARNER} {_P_PLANS} }} }} }} }}""",
}
POSTGRAPHILE["FIRST"] = POSTGRAPHILE["LIST"]
POSTGRAPHILE[
    "WRITE"
] = """mutation($row: DeliveryConsultationInput!) { createDeliveryConsultation(input: {deliveryConsultation: $row}) {
  deliveryConsultation { rowId heldOn startsAt topic } } }"""


def ours(shape: str, item: Body) -> Body:
    """GraphQL over our case API."""
    if shape == "WRITE":
        entry = {
            "measureId": item["id"],
            "heldOn": item["day"],
            "startsAt": item["time"],
            "topic": TOPIC,
            "providerId": item["provider_id"],
        }
        return {"query": OURS[shape], "variables": {"input": {"entries": [entry]}}}
    if shape == "REPORT":
        return {"query": OURS[shape], "variables": {"code": item["code"]}}
    return {"query": OURS[shape], "variables": {"after": item["cursor"]} if shape in {"LIST", "FIRST"} else {"id": item["id"]}}


def strawberry(shape: str, item: Body) -> Body:
    """Stock strawberry-django; its lists page by offset."""
    if shape == "WRITE":
        return {
            "query": STRAWBERRY[shape],
            "variables": {"data": _row(item, "measureId", "learnerId", "institutionId", "providerId")},
        }
    return {
        "query": STRAWBERRY[shape],
        "variables": {"place": item["place"]} if shape in {"LIST", "FIRST"} else {"key": item["key"]},
    }


def graphene(shape: str, item: Body) -> Body:
    """Stock graphene-django; its lists page by offset."""
    return {
        "query": GRAPHENE[shape],
        "variables": {"place": item["place"]} if shape in {"LIST", "FIRST"} else {"key": item["key"]},
    }


def postgraphile(shape: str, item: Body) -> Body:
    """PostGraphile; `item["own_cursor"]` was given by itself."""
    if shape == "WRITE":  # every column: the keys and defaults are Django's, not the database's
        row = _row(item, "measureId", "learnerId", "institutionId", "providerId")
        own = {"rowId": item["new"], "groupKey": item["group"], "channel": "IN_PERSON", "hours": 1, "version": 1}
        moments = {"createdAt": "2023-10-16T08:00:00Z", "updatedAt": "2023-10-16T08:00:00Z"}
        return {"query": POSTGRAPHILE[shape], "variables": {"row": row | own | moments}}
    variables = {"after": item.get("own_cursor")} if shape in {"LIST", "FIRST"} else {"key": item["key"]}
    return {"query": POSTGRAPHILE[shape], "variables": variables}


def raw(shape: str, item: Body, institutions: list[str]) -> Body:
    """The hand-written statements."""
    if shape == "WRITE":
        mine = "{" + ",".join(institutions) + "}"
        return {"shape": shape, "values": [mine, item["key"], item["provider"], item["day"], item["time"], TOPIC]}
    if shape == "REPORT":
        return {"shape": shape, "values": [item["code"]]}
    if shape in {"LIST", "FIRST"}:
        return {"shape": "LIST", "values": [item["sort_key"], item["key"]]}
    return {"shape": shape, "values": ["{" + ",".join(institutions) + "}", item["key"]]}


def _row(item: Body, measure: str, learner: str, institution: str, provider: str) -> Body:
    return {
        measure: item["key"],
        learner: item["learner"],
        institution: item["institution"],
        provider: item["provider"],
        "specialistRole": item["role"],
        "heldOn": item["day"],
        "startsAt": item["time"],
        "topic": TOPIC,
    }

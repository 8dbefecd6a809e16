"""The documents that a user of a random country sends, and what each must be answered: rows, fields, comparisons, counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from backend.cases.learners.models import Enrolment, Learner
from backend.cases.plans.models import RiskAssessment, SupportPlan
from tests.factories.rows import whole_state
from tests.isolation import oracle
from tests.isolation.api import EVERYBODY, INSIDE, NODE, NODES, by_id, inside
from tests.isolation.asking import Asker, Json

NAME_DOWN = [{"field": "NAME", "direction": "DESC"}]
COMPARED = {
    root: f"""query($filters: {kind}Filter, $orderBy: [{kind}Order!], $search: String) {{
      {root}(first: 100, filters: $filters, orderBy: $orderBy, search: $search) {{ totalCount edges {{ node {{ id }} }} }} }}"""
    for root, kind in (("learners", "Learner"), ("supportPlans", "SupportPlan"))
}
"""Values come as variables, so that a document is compiled once for each kind of caller."""


def lists_agree(asker: Asker) -> None:
    """Everybody with everything nested; what is not to be read is null, and does not hide in a cursor."""
    expected, case = asker.expected, asker.case
    everybody = expected.everybody()
    for data in asker.answers(EVERYBODY, shown=expected.seen[Learner]):
        page = data["learners"]
        assert page["totalCount"] == len(everybody)
        assert [edge["node"] for edge in by_id(page)["edges"]] == everybody
        ordered = expected.compares(Learner, "sort_key")
        rows = sorted((row for row in case.country.learners if row.pk in expected.seen[Learner]), key=lambda row: row.sort_key)
        if ordered:
            assert [edge["node"]["id"] for edge in page["edges"]] == [row.public_id for row in rows]
        else:
            assert not any(row.sort_key in inside(edge["cursor"]) for row in rows for edge in page["edges"])
            asker.counted["unordered"] += bool(rows)
    asker.counted["redacted"] += expected.hidden > 0
    asker.counted["shown"] += any(one["personalCodeInFull"] is not None for one in everybody)


QUEUE = """query($others: Boolean) {
  workQueue(first: 100, others: $others, filters: {kind: [SUBMIT_PLAN, EVALUATE_PLAN]}) {
    edges { node { kind role subject { __typename id } } } } }"""


def queue_agrees(asker: Asker) -> None:
    """Drafts and plans that are over: what waits for the caller, and what waits for anybody in what the caller reads."""
    case = asker.case
    with whole_state():
        plans = {row.pk: row for row in SupportPlan.objects.filter(semester__closed_at=None)}
    kinds = {key: _waiting(row, case.scope.on) for key, row in plans.items() if key in asker.expected.seen[SupportPlan]}
    seen = {key: kind for key, kind in kinds.items() if kind}
    mine = {key: kind for key, kind in seen.items() if case.acts("draftSupportPlan", case.country.owned["SupportPlan"][key])}
    for others, wanted in ((True, seen), (False, mine)):
        with asker.logging({plans[key].learner_id for key in wanted}):
            answer = asker.post(QUEUE, "resolved", others=others)
        assert "errors" not in answer, answer["errors"]
        shown = [edge["node"] for edge in answer["data"]["workQueue"]["edges"]]
        assert {node["role"] for node in shown} <= {"plan_author"}
        told = sorted((node["kind"], node["subject"]["id"]) for node in shown)
        assert told == sorted((kind, plans[key].public_id) for key, kind in wanted.items())
    asker.counted["waited for"] += bool(mine)
    asker.counted["seen waiting"] += bool(seen)


def _waiting(plan: SupportPlan, day: dt.date) -> str:
    if plan.status == "DRAFT":
        return "SUBMIT_PLAN"
    return "EVALUATE_PLAN" if plan.status == "ACTIVE" and plan.period_to <= day else ""


def ids_agree(asker: Asker) -> None:
    """`nodes` in place, `node`, and the fields for one thing."""
    expected, case = asker.expected, asker.case
    rows = [row for model in INSIDE for row in case.sample(model, 3)]
    case.rng.shuffle(rows)
    shown = {_learner_of(row) for row in rows if row.pk in expected.seen[type(row)]}
    for data in asker.answers(NODES, shown=shown, ids=[row.public_id for row in rows]):
        assert [by_id(node) for node in data["nodes"]] == [expected.node(row) for row in rows]
    if case.rng.random() < 0.5:
        for row in rows[:1]:
            seen = row.pk in expected.seen[type(row)]
            for data in asker.answers(NODE, shown={_learner_of(row)} if seen else set(), id=row.public_id):
                assert by_id(data["node"]) == expected.node(row)
        return
    for root, model in case.rng.sample([("learner", Learner), ("supportPlan", SupportPlan)], k=1):
        for row in case.sample(model, 1):
            seen = row.pk in expected.seen[model]
            query = f"query($id: ID!) {{ found: {root}(id: $id) {{ id }} }}"
            for data in asker.answers(query, shown={_learner_of(row)} if seen else set(), id=row.public_id):
                assert data["found"] == ({"id": row.public_id} if seen else None)


def comparisons_agree(asker: Asker) -> None:
    """Filters, orders and search by what is read everywhere; refused by what is not."""
    expected, case = asker.expected, asker.case
    people = [row for row in case.country.learners if row.pk in expected.seen[Learner]]
    number = case.rng.randrange(len(case.country.schools))
    school, factor = case.country.schools[number], case.country.factor.group
    (learner,) = case.sample(Learner, 1)
    code, word, born = expected.codes[learner.pk], learner.family_name.lower(), learner.birth_date
    found = [row for row in people if row == learner]
    older = [row for row in people if row.birth_date >= born]
    stays = [
        row for row in case.country.rows[Enrolment] if row.institution_id == school.pk and row.pk in expected.seen[Enrolment]
    ]
    there = [row for row in people if row.pk in {stay.learner_id for stay in stays}]
    plans = [row for row in case.country.rows[SupportPlan] if row.pk in expected.seen[SupportPlan]]
    theirs = [row for row in plans if row.learner_id == learner.pk]
    by_code = oracle.may_find_by_code(case.country.world, case.posts)
    tries: list[tuple[str, Json, str, bool, list[Any]]] = [
        ("learners", {"filters": {"bornFrom": born.isoformat()}}, "bornFrom", expected.compares(Learner, "birth_date"), older),
        ("learners", {"search": word}, "search", expected.compares(Learner, "search_key"), found),
        ("learners", {"filters": {"personalCode": f"{code[:6]}-{code[6:]}"}}, "personalCode", by_code, found),
        ("learners", {"orderBy": NAME_DOWN}, "NAME", expected.compares(Learner, "sort_key"), people),
        ("learners", {"filters": {"institutionCode": school.code}}, "", True, there),
        (
            "supportPlans",
            {"filters": {"riskGroup": [factor]}},
            "riskGroup",
            expected.compares(RiskAssessment, "risk_factor"),
            plans,
        ),
        ("supportPlans", {"filters": {"measureCategory": ["REIMBURSEMENT"]}}, "", True, plans),
        ("supportPlans", {"filters": {"learnerId": learner.public_id}}, "", True, theirs),
    ]
    for root, how, named, allowed, rows in case.rng.sample(tries, k=3):
        _compared(asker, root, how, named=named, allowed=allowed, rows=rows)


def nesting_agrees(asker: Asker) -> None:
    """Learners met inside a thing that everybody sees."""
    expected, case = asker.expected, asker.case
    number = case.rng.randrange(len(case.country.schools))
    school = case.country.schools[number]
    plans = [r for r in case.country.rows[SupportPlan] if r.institution_id == school.pk and r.pk in expected.seen[SupportPlan]]
    stays = [r for r in case.country.rows[Enrolment] if r.institution_id == school.pk and r.pk in expected.seen[Enrolment]]
    query = """query($code: String!) { institution(code: $code) {
      supportPlans(first: 50) { totalCount edges { node { id resultText } } }
      enrolments(first: 50) { totalCount edges { node { id } } } } }"""
    shown = {row.learner_id for row in (*plans, *stays)}
    for data in asker.answers(query, shown=shown, code=school.code):
        found = by_id(data["institution"])
        assert found["enrolments"]["edges"] == [{"node": {"id": key}} for key in sorted(row.public_id for row in stays)]
        assert found["supportPlans"]["totalCount"] == len(plans)
        assert found["supportPlans"]["edges"] == [
            {"node": {"id": row.public_id, "resultText": expected.value(row, "result_text", row.result_text)}}
            for row in sorted(plans, key=lambda row: row.public_id)
        ]


def counts_agree(asker: Asker) -> None:
    """What only counts shows nobody."""
    expected = asker.expected
    count = "{ learners(first: 2) { totalCount pageInfo { hasNextPage } } supportPlans(first: 1) { totalCount } }"
    for data in asker.answers(count, shown=set()):
        people = len(expected.seen[Learner])
        assert data["learners"] == {"totalCount": people, "pageInfo": {"hasNextPage": people > 2}}
        assert data["supportPlans"] == {"totalCount": len(expected.seen[SupportPlan])}


def _compared(asker: Asker, root: str, how: Json, *, named: str, allowed: bool, rows: list[Any]) -> None:
    """One list under a filter, an order or a search."""
    if not allowed:
        return asker.refused(COMPARED[root], named, **how)
    for data in asker.answers(COMPARED[root], shown={_learner_of(row) for row in rows}, **how):
        found = [edge["node"]["id"] for edge in data[root]["edges"]]
        assert sorted(found) == sorted(row.public_id for row in rows), how
        assert data[root]["totalCount"] == len(rows)
        if "orderBy" in how:
            assert found == [row.public_id for row in sorted(rows, key=lambda row: row.sort_key, reverse=True)]
    return None


def _learner_of(row: Any) -> Any:
    if isinstance(row, Learner):
        return row.pk
    return row.plan.learner_id if isinstance(row, RiskAssessment) else row.learner_id

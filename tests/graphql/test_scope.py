"""Two schools: what one has, the other cannot see, by any way in."""

from __future__ import annotations

import pytest

from tests.graphql.cast import Cast
from tests.graphql.conftest import Ask


@pytest.mark.parametrize(("root", "kind"), [("learners", "learners"), ("supportPlans", "plans")])
def test_a_list_holds_only_ones_own(ask: Ask, cast: Cast, root: str, kind: str) -> None:
    for app, school in (("north", "NORTH"), ("south", "SOUTH")):
        page = ask(app, f"{{{root}(first:100){{totalCount edges{{node{{id}}}}}}}}").data[root]
        own = {row.public_id for row in getattr(cast, kind)[school]}
        assert {edge["node"]["id"] for edge in page["edges"]} == own
        assert page["totalCount"] == len(own)
    everything = ask("state", f"{{{root}(first:1){{totalCount}}}}").data[root]["totalCount"]
    assert everything == sum(len(rows) for rows in getattr(cast, kind).values())


@pytest.mark.parametrize(("root", "kind"), [("learner", "learners"), ("supportPlan", "plans")])
def test_absent_malformed_foreign_and_not_yours_answer_alike(ask: Ask, cast: Cast, root: str, kind: str) -> None:
    own, foreign = getattr(cast, kind)["NORTH"][0].public_id, getattr(cast, kind)["SOUTH"][0].public_id
    tag = own.split("_")[0]
    school = cast.schools["NORTH"].public_id
    query = f"query($id: ID!){{{root}(id:$id){{id}} node(id:$id){{id}}}}"
    assert ask("north", query, id=own).data == {root: {"id": own}, "node": {"id": own}}
    for value in (
        foreign,
        f"{tag}_{'0' * 32}",
        "",
        "x",
        f"{tag}_zz",
        "1",
        own.upper(),
        f"{own}\n",
        "a" * 5_000,
        "lrn_" + "é" * 32,
    ):
        assert ask("north", query, id=value).data == {root: None, "node": None}, value
    assert ask("north", f"query($id: ID!){{{root}(id:$id){{id}}}}", id=school).data == {root: None}


def test_nodes_answers_null_in_place(ask: Ask, cast: Cast) -> None:
    mine, theirs = cast.learners["NORTH"][0].public_id, cast.learners["SOUTH"][0].public_id
    plan = cast.plans["NORTH"][1].public_id
    ids = [mine, "nonsense", theirs, plan, mine]
    query = "query($ids:[ID!]!){nodes(ids:$ids){__typename id}}"
    assert ask("north", query, ids=ids).data["nodes"] == [
        {"__typename": "Learner", "id": mine},
        None,
        None,
        {"__typename": "SupportPlan", "id": plan},
        {"__typename": "Learner", "id": mine},
    ]
    assert ask("north", query, ids=[mine] * 101).codes == ["BAD_REQUEST"]


def test_a_shared_learner_shows_each_school_its_own_part(ask: Ask, cast: Cast) -> None:
    """A learner of the south who also studies in the north: the north sees the learner, not the south's rows."""
    import datetime as dt

    from backend.accounts.scope import scoped
    from backend.cases.learners.models import Enrolment
    from tests.graphql.cast import STATE

    learner = cast.learners["SOUTH"][0]
    with scoped(STATE):
        Enrolment.objects.filter(learner=learner).update(ends_on=dt.date(2023, 3, 1), end_reason="MOVED")
        Enrolment.objects.create(
            learner=learner, institution=cast.schools["NORTH"], programme_kind="GENERAL", stage=8, starts_on=dt.date(2023, 3, 2)
        )
    query = """query($id: ID!){learner(id:$id){id enrolments(first:9){totalCount edges{node{institution{code}}}}
      supportPlans(first:9){totalCount edges{node{id}}}}}"""
    seen = ask("north", query, id=learner.public_id).data["learner"]
    assert [edge["node"]["institution"]["code"] for edge in seen["enrolments"]["edges"]] == ["NORTH"]
    assert seen["supportPlans"] == {"totalCount": 0, "edges": []}
    assert ask("state", query, id=learner.public_id).data["learner"]["enrolments"]["totalCount"] == 2
    by_school = "query($c:String){learners(first:9, filters:{institutionCode:$c}){edges{node{id}}}}"
    assert ask("north", by_school, c="SOUTH").data["learners"]["edges"] == []


def test_nested_lists_of_a_public_thing_stay_within_reach(ask: Ask) -> None:
    query = '{institution(code:"SOUTH"){name supportPlans(first:9){totalCount} enrolments(first:9){totalCount}}}'
    assert ask("south", query).data["institution"]["supportPlans"]["totalCount"] == 5
    seen = ask("north", query).data["institution"]
    assert (seen["supportPlans"]["totalCount"], seen["enrolments"]["totalCount"]) == (0, 0)


def test_a_token_without_the_scope_is_told_once(ask: Ask, cast: Cast) -> None:
    for query in (
        "{learners(first:1){edges{node{id}}}}",
        '{learner(id:"x"){id}}',
        "{institutions(first:9){edges{node{supportPlans(first:9){edges{node{id}}}}}}}",
        "{...f} fragment f on Query{institutions(first:9){edges{node{enrolments(first:9){edges{node{learner{id}}}}}}}}",
    ):
        reply = ask("research", query)
        assert reply.codes == ["FORBIDDEN"], query
        assert list(reply.body["data"].values()) == [None]
    mine = cast.learners["NORTH"][0].public_id
    assert ask("research", "query($id:ID!){node(id:$id){id}}", id=mine).data == {"node": None}


def test_other_root_fields_are_answered_beside_a_forbidden_one(ask: Ask) -> None:
    reply = ask("research", "{semesters(first:1){totalCount} learners(first:1){totalCount}}")
    assert reply.body["data"] == {"semesters": {"totalCount": 1}, "learners": None}
    assert reply.codes == ["FORBIDDEN"]


def test_a_narrow_token_of_a_broad_app_reaches_less(ask: Ask, cast: Cast) -> None:
    token = cast.token("north", scopes="plans.read adhoc")
    assert ask(token, "{supportPlans(first:1){totalCount}}").data["supportPlans"]["totalCount"] == 12
    assert ask(token, "{supportPlans(first:1){edges{node{learner{id}}}}}").codes == ["FORBIDDEN"]

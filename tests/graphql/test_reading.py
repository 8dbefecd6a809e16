"""What a caller can read, and in how many statements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from tests.graphql.cast import Cast
from tests.graphql.conftest import Ask


def test_the_viewer_is_told_who_they_are(ask: Ask) -> None:
    viewer = ask("north", "{viewer{appName username roles tokenScopes assignments{role level unitCode institutions}}}").data[
        "viewer"
    ]
    assert viewer["appName"] == "north"
    assert viewer["assignments"] == [{"role": "plan_author", "level": "INSTITUTION", "unitCode": "NORTH", "institutions": 1}]


def test_learners_come_in_latvian_order(ask: Ask, cast: Cast) -> None:
    edges = ask("north", "{learners(first: 50){edges{node{id familyName}} totalCount}}").data["learners"]["edges"]
    names = [edge["node"]["familyName"] for edge in edges]
    assert (
        names.index("Cīrulis") < names.index("Čakāne") < names.index("Ezeriņa") < names.index("Ģērmanis") < names.index("Kalniņa")
    )
    assert len(edges) == len(cast.learners["NORTH"])


NESTED = """query($n: Int!) { learners(first: $n) { totalCount edges { node { id givenName
  enrolments(first: 3) { edges { node { stage institution { name municipality { name region { name } } } } } }
  supportPlans(first: 5) { edges { node { number status semester { code }
    risks(first: 5) { edges { node { level riskFactor { code group } } } }
    measures(first: 5) { edges { node { kindCode plannedAmount kind { name } } } } } } } } } } }"""


@override_settings(GRAPHQL_COMPILE=False)
def test_statements_grow_with_levels_not_with_rows(ask: Ask) -> None:
    counts = []
    for size in (2, 12):
        ask("north", NESTED, n=size)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask("north", NESTED, n=size)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _domain_statements(ask: Ask, query: str) -> list[str]:
    with override_settings(GRAPHQL_COMPILE=False):  # the engine that answers level by level
        ask("state", query)
        with CaptureQueriesContext(connection) as queries:
            assert ask("state", query).data
    wanted = ("learners_", "plans_", "territory_", "registry_", "delivery_", "reimbursements_", "statistics_")
    return [entry["sql"] for entry in queries if any(f'FROM "{prefix}' in entry["sql"] for prefix in wanted)]


@pytest.mark.parametrize(
    "root",
    [
        "programmes",
        "semesters",
        "regions",
        "municipalities",
        "institutions",
        "learners",
        "supportPlans",
        "publishedFigures",
        "riskFactors",
        "measureKinds",
    ],
)
def test_a_list_of_100_takes_two_statements_at_most(ask: Ask, root: str) -> None:
    found = _domain_statements(ask, f"{{{root}(first: 100){{totalCount edges{{cursor node{{id}}}} pageInfo{{hasNextPage}}}}}}")
    assert 1 <= len(found) <= 2


def test_a_list_of_100_takes_six_statements_in_all(ask: Ask) -> None:
    """Caller, bucket, assignments, scope, rows, and the count where it is asked for."""
    query = "{learners(first: 100){totalCount edges{node{familyName}}}}"
    ask("north", query)
    with CaptureQueriesContext(connection) as queries:
        ask("north", query)
    *statements, leaving = [entry["sql"] for entry in queries if "SAVEPOINT" not in entry["sql"]]
    assert len(statements) <= 6
    assert "set_config" in leaving, "only a test's own transaction outlives the request"


def test_the_same_relation_under_two_aliases_is_loaded_once(ask: Ask) -> None:
    query = (
        "{learners(first:20){edges{node{a:supportPlans(first:2){edges{node{id}}} b:supportPlans(first:2){edges{node{number}}}}}}}"
    )
    assert len(_domain_statements(ask, query)) == 2


def test_two_aliases_with_different_arguments_take_one_statement_each(ask: Ask) -> None:
    query = """{learners(first:20){edges{node{
      a:supportPlans(first:2){totalCount edges{node{id}}} b:supportPlans(last:1){edges{node{id}}}}}}}"""
    assert len(_domain_statements(ask, query)) == 4


def test_what_is_not_asked_for_is_not_loaded(ask: Ask) -> None:
    assert len(_domain_statements(ask, "{learners(first:20){totalCount}}")) == 1
    assert len(_domain_statements(ask, "{learners(first:20){edges{cursor}}}")) == 1


def test_money_is_text_with_two_decimals_and_dates_are_iso(ask: Ask, cast: Cast) -> None:
    query = """query($id: ID!){supportPlan(id:$id){periodFrom measures(first:5){edges{node{plannedAmount
      reimbursementClaims(first:5){edges{node{amount period}}}}}}}}"""
    plan = ask("north", query, id=cast.plans["NORTH"][0].public_id).data["supportPlan"]
    assert plan["periodFrom"] == "2023-01-09"
    amounts = [edge["node"] for edge in plan["measures"]["edges"] if edge["node"]["plannedAmount"]]
    assert amounts[0]["plannedAmount"] == "90.00"
    assert amounts[0]["reimbursementClaims"]["edges"][0]["node"] == {"amount": "31.50", "period": "2023-02-01"}


def test_search_forgives_case_and_diacritics(ask: Ask) -> None:
    found = ask("north", '{learners(first:5, search:"kauke KATE"){edges{node{familyName}}}}').data["learners"]["edges"]
    assert [edge["node"]["familyName"] for edge in found] == ["Ķauķe"]
    schools = ask("north", '{institutions(first:5, search:"keizarmezu north"){edges{node{code}}}}').data["institutions"]["edges"]
    assert [edge["node"]["code"] for edge in schools] == ["NORTH"]


def test_filters_narrow_by_code_and_by_id(ask: Ask, cast: Cast) -> None:
    query = "query($f: SupportPlanFilter){supportPlans(first:1, filters:$f){totalCount}}"
    for filters, expected in (
        ({"status": ["ACTIVE"], "institutionCode": "NORTH"}, 6),
        ({"semesterCode": "2022/2023-2", "regionCode": "R-SOUTH"}, 5),
        ({"institutionId": cast.schools["SOUTH"].public_id}, 5),
        ({"institutionId": "nonsense"}, 0),
        ({"learnerId": cast.learners["NORTH"][3].public_id}, 1),
        ({"riskGroup": ["LEARNING_INSTITUTION"], "municipalityCode": "M-NORTH"}, 12),
        ({"measureCategory": ["YOUTH_PROJECT"]}, 0),
    ):
        assert ask("state", query, f=filters).data["supportPlans"]["totalCount"] == expected, filters


def test_learners_are_found_by_where_they_are_enrolled(ask: Ask) -> None:
    query = '{learners(first:1, filters:{institutionCode:"SOUTH", semesterCode:"2022/2023-2"}){totalCount}}'
    assert ask("state", query).data["learners"]["totalCount"] == 5
    assert ask("north", query).data["learners"]["totalCount"] == 0


def test_the_order_asked_for_holds(ask: Ask) -> None:
    query = """{supportPlans(first:50, orderBy:[{field:STATUS,direction:DESC},{field:NUMBER,direction:ASC}]){
      edges{node{status number}}}}"""
    nodes = [edge["node"] for edge in ask("state", query).data["supportPlans"]["edges"]]
    statuses = [node["status"] for node in nodes]
    assert statuses == sorted(statuses, reverse=True)
    assert [node["number"] for node in nodes if node["status"] == "DRAFT"] == sorted(
        n["number"] for n in nodes if n["status"] == "DRAFT"
    )

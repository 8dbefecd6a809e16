"""The queue as the API answers it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.core.trail.models import ReadEntry
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender

pytestmark = pytest.mark.django_db
FULL = """
query($others: Boolean, $kinds: [WorkKind!]) {
  workQueue(first: 100, others: $others, filters: {kind: $kinds}) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node {
      id kind title role openedAt dueOn isOverdue
      subject { id ... on SupportPlan { number status } ... on Timesheet { month } }
      institution { code } learner { givenName } assignee { displayName }
      causes { kind role days openedAt endedAt actor { displayName } }
    } }
  }
}"""


def test_a_plan_waits_for_the_office_and_then_for_nobody(office: Office, send: Sender) -> None:
    plan = office.submitted()
    answer = send.ask("office", FULL, kinds=["APPROVE_PLAN"])
    assert "errors" not in answer.body, answer.body
    edges = answer.body["data"]["workQueue"]["edges"]
    (item,) = (edge["node"] for edge in edges if edge["node"]["subject"]["id"] == plan.public_id)
    assert item["title"] == f"Approve a plan: {plan.number}"
    assert (item["role"], item["subject"]["status"]) == ("institution_head", "SUBMITTED")
    assert item["learner"]["givenName"] == plan.learner.given_name
    assert dt.date.fromisoformat(item["dueOn"]) > dt.date(2023, 1, 1)
    again = send.ask("office", "query($id: ID!) { node(id: $id) { id ... on WorkItem { kind } } }", id=item["id"])
    assert again.body["data"]["node"] == {"id": item["id"], "kind": "APPROVE_PLAN"}
    journal = send.ask("journal", FULL, kinds=["APPROVE_PLAN"]).body["data"]["workQueue"]
    assert journal["totalCount"] == 0, "nobody approves as author"
    watched = send.ask("journal", FULL, kinds=["APPROVE_PLAN"], others=True).body["data"]["workQueue"]
    assert [edge["node"]["id"] for edge in watched["edges"]] == [edge["node"]["id"] for edge in edges]
    elsewhere = send.ask("other-school", "query($id: ID!) { node(id: $id) { id } }", id=item["id"])
    assert elsewhere.body["data"]["node"] is None


def test_pages_follow_each_other_in_both_orders(office: Office, send: Sender) -> None:
    for _ in range(5):
        office.submitted()
    query = """query($by: [WorkItemOrder!], $after: String) {
      workQueue(first: 2, orderBy: $by, after: $after) { edges { node { id dueOn } } pageInfo { hasNextPage endCursor } } }"""
    for field in ("DUE_ON", "OPENED_AT"):
        walks = []
        for direction in ("ASC", "DESC"):
            walked, after, more = [], None, True
            while more:
                by = [{"field": field, "direction": direction}]
                page = send.ask("office", query, by=by, after=after).data["workQueue"]
                walked += [edge["node"]["id"] for edge in page["edges"]]
                after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
            walks.append(walked)
        assert len(walks[0]) == len(set(walks[0])) >= 5
        assert walks[0] == walks[1][::-1]


def test_what_names_a_learner_is_logged_and_names_are_kept_from_auditors(office: Office, send: Sender) -> None:
    plan = office.submitted()
    with whole_state():
        before = set(ReadEntry.objects.filter(learner_id=plan.learner_id).values_list("pk", flat=True))
    answer = send.ask("register", FULL, kinds=["APPROVE_PLAN"], others=True)
    edges = answer.body["data"]["workQueue"]["edges"]
    (item,) = (edge["node"] for edge in edges if edge["node"]["subject"]["id"] == plan.public_id)
    assert item["learner"] == {"givenName": None}
    with whole_state():
        entries = ReadEntry.objects.filter(learner_id=plan.learner_id).exclude(pk__in=before)
        assert [(entry.role, entry.channel) for entry in entries] == [("auditor", "case-api")]


def test_words_come_in_the_readers_language(office: Office, send: Sender) -> None:
    plan = office.submitted()
    reply = send.post("office", {"query": FULL, "variables": {"kinds": ["APPROVE_PLAN"]}}, language="lv")
    titles = {edge["node"]["title"] for edge in reply.body["data"]["workQueue"]["edges"]}
    assert f"Apstiprināt plānu: {plan.number}" in titles


def test_a_full_page_costs_few_statements(office: Office, send: Sender) -> None:
    for _ in range(3):
        office.submitted()
    send.ask("office", FULL)
    with CaptureQueriesContext(connection) as three:
        send.ask("office", FULL)
    for _ in range(5):
        office.submitted()
    with CaptureQueriesContext(connection) as eight:
        send.ask("office", FULL)
    assert len(eight) == len(three), "no statement a row"
    bare = "{ workQueue(first: 100) { edges { node { id kind title dueOn institution { code } learner { givenName } } } } }"
    send.ask("office", bare)
    with CaptureQueriesContext(connection) as queries:
        send.ask("office", bare)
    around = ("set_config", "SAVEPOINT", "core_ratebucket", "accounts_accesstoken", "trail.append_reads")
    rows = [entry["sql"] for entry in queries if not any(part in entry["sql"] for part in around)]
    assert len(rows) <= 6, rows

"""What changed in a thing, over the API: field by field, as far as the caller reads each of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from backend.accounts.scope import scoped
from backend.cases.plans.models import Measure, SupportPlan
from backend.core.trail.context import Channel, noted
from backend.core.trail.models import ReadEntry
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender
from tests.mutations.office_fixtures import office, office_rows, send  # noqa: F401

pytestmark = pytest.mark.django_db
HISTORY = """
query($id: ID!, $filters: HistoryEntryFilter, $first: Int, $last: Int, $after: String, $before: String) {
  history(id: $id, filters: $filters, first: $first, last: $last, after: $after, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
    edges { cursor node {
      id at kind version channel appName sealedInBlock actor { displayName } changes { field before after }
    } }
  }
}"""


def _nodes(reply: Any) -> list[dict[str, Any]]:
    return [edge["node"] for edge in reply.data["history"]["edges"]]


def _changes(node: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {change["field"]: (change["before"], change["after"]) for change in node["changes"]}


def test_each_step_of_a_plan_is_told_with_who_and_what(office: Office, send: Sender) -> None:  # noqa: F811
    plan = office.ready()
    send("journal", "submitSupportPlan", {"planId": plan.public_id})
    node = _nodes(send.ask("office", HISTORY, id=plan.public_id, first=1))[0]
    assert (node["kind"], node["channel"], node["appName"]) == ("UPDATED", "API", "journal")
    assert node["actor"]["displayName"] == "app.journal"
    told = _changes(node)
    assert told["status"] == ("DRAFT", "SUBMITTED")
    assert told["submittedAt"][0] is None
    assert told["version"] == (str(node["version"] - 1), str(node["version"]))
    first = _nodes(send.ask("office", HISTORY, id=plan.public_id, last=1))[0]
    assert first["kind"] == "CREATED"
    assert _changes(first)["learner"] == (None, plan.learner.public_id)


def test_pages_run_from_the_newest_both_ways(office: Office, send: Sender) -> None:  # noqa: F811
    plan = office.draft()
    with whole_state():
        for text in ("viens", "divi", "trīs", "četri"):
            SupportPlan.objects.filter(pk=plan.pk).update(result_text=text)
    whole = _nodes(send.ask("office", HISTORY, id=plan.public_id, first=100))
    texts = [_changes(node).get("resultText", (None, None))[1] for node in whole]
    assert texts[:4] == ["četri", "trīs", "divi", "viens"]
    walked, after, more = [], None, True
    while more:
        page = send.ask("office", HISTORY, id=plan.public_id, first=2, after=after).data["history"]
        walked += [edge["node"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert page["totalCount"] == len(whole)
    assert walked == whole
    last = send.ask("office", HISTORY, id=plan.public_id, last=2).data["history"]
    assert [edge["node"] for edge in last["edges"]] == whole[-2:]
    before = send.ask("office", HISTORY, id=plan.public_id, last=2, before=last["pageInfo"]["startCursor"]).data["history"]
    assert [edge["node"] for edge in before["edges"]] == whole[-4:-2]
    made = _nodes(send.ask("office", HISTORY, id=plan.public_id, first=9, filters={"kind": ["CREATED"]}))
    assert [node["kind"] for node in made] == ["CREATED"]
    later = {"from": whole[0]["at"], "to": whole[0]["at"]}
    at_once = _nodes(send.ask("office", HISTORY, id=plan.public_id, first=9, filters=later))
    assert {node["at"] for node in at_once} == {whole[0]["at"]}
    assert send.ask("office", HISTORY, id=plan.public_id, first=1, filters={"to": "2023-10-16T12:00:00"}).codes == ["BAD_REQUEST"]
    assert send.ask("office", HISTORY, id=plan.public_id).codes == ["BAD_REQUEST"]


def test_a_role_is_told_the_fields_that_it_reads(office: Office, send: Sender) -> None:  # noqa: F811
    plan = office.draft()
    with whole_state():
        SupportPlan.objects.filter(pk=plan.pk).update(result_text="Slepeni vārdi par ģimeni")
    assert "resultText" in _changes(_nodes(send.ask("office", HISTORY, id=plan.public_id, first=1))[0])
    # The auditor reads a plan up to personal fields, and learners' names not at all.
    auditor = send.ask("register", HISTORY, id=plan.public_id, first=100)
    assert "Slepeni" not in str(auditor.body)
    assert "resultText" not in {field for node in _nodes(auditor) for field in _changes(node)}
    learner = send.ask("register", HISTORY, id=plan.learner.public_id, first=100)
    assert _nodes(learner)
    assert plan.learner.family_name not in str(learner.body)
    assert plan.learner.family_name in str(send.ask("office", HISTORY, id=plan.learner.public_id, first=100).body)


def test_what_is_not_reached_has_no_history(office: Office, send: Sender) -> None:  # noqa: F811
    plan = office.draft()
    for app, key in (
        ("other-school", plan.public_id),
        ("office", "plan_" + "0" * 32),
        ("office", "nothing"),
        ("office", office.cast.plans["Cecīlija"].public_id),
    ):
        assert send.ask(app, HISTORY, id=key, first=1).data["history"] is None, (app, key)
    token = office.token("office", without="plans.read")
    assert send.ask(token, HISTORY, id=plan.public_id, first=1).data["history"] is None


def test_what_was_removed_keeps_its_history(office: Office, send: Sender) -> None:  # noqa: F811
    plan = office.draft()
    judged = {"planId": plan.public_id, "riskFactorCode": "unexcused_absence", "moment": "START", "level": 2}
    risk = send("journal", "assessRisk", judged)["riskAssessment"]["id"]
    given = {"planId": plan.public_id, "kindCode": "TEACHER", "subject": "Matemātika", "plannedHours": 7, "riskId": risk}
    measure = send("journal", "planMeasure", given)["measure"]["id"]
    live = _nodes(send.ask("office", HISTORY, id=measure, first=9))
    assert send("journal", "removeMeasure", {"measureId": measure})["errors"] == []
    with whole_state():
        before = set(ReadEntry.objects.values_list("pk", flat=True))
    told = _nodes(send.ask("office", HISTORY, id=measure, first=9))
    with whole_state():
        (read,) = ReadEntry.objects.exclude(pk__in=before)
    assert [node["kind"] for node in told] == ["DELETED", "CREATED"]
    assert told[1:] == live, "what was told before is told as it was"
    assert _changes(told[0])["plannedHours"] == ("7", None)
    assert told[0]["actor"]["displayName"] == "app.journal"
    assert (read.learner_id, read.institution_id, read.object_type) == (plan.learner_id, plan.institution_id, Measure.tag)
    # Who does not reach the plan learns nothing of what was removed from it, nor of the words a role does not read.
    assert send.ask("other-school", HISTORY, id=measure, first=9).data["history"] is None
    assert send.ask(office.token("office", without="plans.read"), HISTORY, id=measure, first=9).data["history"] is None
    assert send.ask("office", f'{{ node(id: "{measure}") {{ id }} }}').data["node"] is None
    auditor = _nodes(send.ask("register", HISTORY, id=measure, first=9))
    assert {name for node in auditor for name in _changes(node)} <= set(_changes(told[0])) | set(_changes(told[1]))


def test_reading_the_history_is_reading_the_record(office: Office, send: Sender) -> None:  # noqa: F811
    plan = office.draft()
    with whole_state():
        before = set(ReadEntry.objects.values_list("pk", flat=True))
    send.ask("office", HISTORY, id=plan.public_id, first=1)
    with whole_state():
        (entry,) = ReadEntry.objects.exclude(pk__in=before)
    assert (entry.learner_id, entry.object_type, entry.classes) == (plan.learner_id, "plan", ["personal", "special"])


def test_what_was_erased_stays_blank(office: Office, send: Sender) -> None:  # noqa: F811
    plan = office.draft()
    with whole_state():
        SupportPlan.objects.filter(pk=plan.pk).update(result_text="Vārdi, kas jāaizmirst")
    assert "jāaizmirst" in str(send.ask("office", HISTORY, id=plan.public_id, first=100).body)
    officer = office.cast.scope("data protection officer")
    with scoped(officer), noted(channel=Channel.COMMAND, reason="erasure"), connection.cursor() as cursor:
        cursor.execute("select trail.erase_learner(%s, 'Lūgums')", [plan.learner_id])
    reply = send.ask("office", HISTORY, id=plan.public_id, first=100)
    assert "jāaizmirst" not in str(reply.body)
    kinds = [node["kind"] for node in _nodes(reply)]
    assert kinds[0] == "ERASED"
    assert kinds[-1] == "CREATED"

"""Who read a learner's record, over the API: told to who answers for it, and to nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from backend.accounts.models import Level, Role, User
from backend.accounts.roles import token_scopes_for
from backend.accounts.scope import Scope, scope_of, scoped
from backend.accounts.services import admit_partner_app, assign_role
from backend.privacy.access import access_log
from tests.factories.cast import TODAY, Cast
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401
from tests.factories.rows import user_with
from tests.mutations.office import Office, Sender
from tests.mutations.office_fixtures import office, office_rows, send  # noqa: F401

pytestmark = pytest.mark.django_db
LOG = """
query($id: ID!, $filters: AccessLogEntryFilter, $first: Int, $after: String, $by: [AccessLogEntryOrder!]) {
  accessLog(learnerId: $id, filters: $filters, first: $first, after: $after, orderBy: $by) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id at channel reason purpose subjects appName reader { id displayName } institution { code } } }
  }
}"""
READ = "query($id: ID!) { learner(id: $id) { givenName } supportPlans(first: 1) { totalCount } }"


def _officer(office: Office) -> None:  # noqa: F811
    """An app that a data protection officer uses."""
    account = User.objects.create_user("app.officer", is_service=True)
    role = Role.DATA_PROTECTION_OFFICER
    assign_role(user=account, role=role, level=Level.STATE, unit=None, valid_from=dt.date(2017, 3, 16))
    office.apps["officer"] = admit_partner_app(
        name="officer",
        client_id="officer",
        client_secret="a-long-random-secret-of-the-tests",
        scopes={*token_scopes_for([role]), "adhoc"},
        service_account=account,
    )


def _nodes(reply: Any) -> list[dict[str, Any]]:
    return [edge["node"] for edge in reply.data["accessLog"]["edges"]]


def test_the_officer_is_told_who_read_when_through_what_and_why(office: Office, send: Sender) -> None:  # noqa: F811
    _officer(office)
    learner = office.cast.learners["Anna"]
    send.ask("journal", READ, id=learner.public_id)
    send.ask("register", READ, id=learner.public_id)
    reply = send.ask("officer", LOG, id=learner.public_id, first=10)
    last, first = _nodes(reply)[:2]
    assert (last["reason"], first["reason"].split()[:2]) == ("auditor STATE", ["plan_author", "INSTITUTION"])
    assert {first["channel"], last["channel"]} == {"API"}
    assert (first["appName"], first["subjects"], first["purpose"]) == ("journal", ["Learner"], None)
    assert first["reader"]["displayName"] == "app.journal"
    assert first["institution"]["code"] == office.desk.school.code
    assert last["at"] >= first["at"]


def test_pages_and_filters(office: Office, send: Sender) -> None:  # noqa: F811
    _officer(office)
    learner = office.cast.learners["Anna"]
    for app in ("journal", "register", "journal", "office", "journal"):
        send.ask(app, READ, id=learner.public_id)
    whole = _nodes(send.ask("officer", LOG, id=learner.public_id, first=100))
    walked, after, more = [], None, True
    while more:
        page = send.ask("officer", LOG, id=learner.public_id, first=2, after=after).data["accessLog"]
        walked += [edge["node"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert walked == whole
    assert len(whole) >= 5
    up = _nodes(send.ask("officer", LOG, id=learner.public_id, first=100, by=[{"field": "AT", "direction": "ASC"}]))
    assert [node["id"] for node in up] == [node["id"] for node in whole][::-1]
    reader = whole[0]["reader"]["id"]
    of_one = _nodes(send.ask("officer", LOG, id=learner.public_id, first=100, filters={"readerId": reader}))
    assert of_one == [node for node in whole if node["reader"]["id"] == reader]
    since = {"from": whole[0]["at"], "channel": ["API"]}  # all of a test's reads are of one transaction, and of one moment
    assert _nodes(send.ask("officer", LOG, id=learner.public_id, first=100, filters=since)) == whole
    long_ago = {"to": "2020-01-01T00:00:00+02:00"}
    assert _nodes(send.ask("officer", LOG, id=learner.public_id, first=100, filters=long_ago)) == []
    assert _nodes(send.ask("officer", LOG, id=learner.public_id, first=100, filters={"channel": ["EXPORT"]})) == []
    naive = {"from": "2023-10-16T12:00:00"}
    assert send.ask("officer", LOG, id=learner.public_id, first=1, filters=naive).codes == ["BAD_REQUEST"]


def test_a_school_is_told_what_was_read_in_its_own_name(office: Office, send: Sender) -> None:  # noqa: F811
    learner = office.cast.learners["Anna"]
    for app in ("journal", "register"):
        send.ask(app, READ, id=learner.public_id)
    told = _nodes(send.ask("office", LOG, id=learner.public_id, first=50))
    assert {node["reason"].split()[0] for node in told} >= {"plan_author"}
    for app, answer in (("journal", None), ("other-school", None), ("region", None)):
        assert send.ask(app, LOG, id=learner.public_id, first=1).data["accessLog"] is answer, app
    assert send.ask("office", LOG, id=office.cast.learners["Cecīlija"].public_id, first=1).data["accessLog"] is None
    assert send.ask("office", LOG, id="lrn_nothing", first=1).data["accessLog"] is None
    assert send.ask("office", LOG, id=office.desk.school.public_id, first=1).data["accessLog"] is None


ANSWERABLE = {"coordinator of madona", "agency", "auditor", "data protection officer"}


def test_who_may_know(cast: Cast) -> None:  # noqa: F811
    """Of the whole cast, about Anna of maple."""
    told = set()
    for person in cast.staff:
        scope = cast.scope(person)
        with scoped(scope):
            if access_log(scope=scope, learner_id=cast.learners["Anna"].pk) is not None:
                told.add(person)
    assert told == ANSWERABLE & set(cast.staff)
    maple = cast.schools["maple"]
    for role, knows in ((Role.INSTITUTION_HEAD, True), (Role.INSTITUTION_COORDINATOR, True), (Role.SUPPORT_PROVIDER, False)):
        scope = scope_of(user=user_with(role, Level.INSTITUTION, maple, username=f"one more {role}"), on=TODAY)
        with scoped(scope):
            assert (access_log(scope=scope, learner_id=cast.learners["Anna"].pk) is not None) == knows


def test_a_forged_role_is_told_nothing_by_the_database(cast: Cast) -> None:  # noqa: F811
    """The function of the database asks for the officer's role by itself."""
    author = cast.scope("author of maple")
    officer = cast.scope("data protection officer")
    forged = Scope(principal_id=author.principal_id, holdings=officer.holdings, on=TODAY)
    rows = access_log(scope=forged, learner_id=cast.learners["Anna"].pk)
    assert rows is not None
    with pytest.raises(ProgrammingError, match="data protection officer"), transaction.atomic(), scoped(forged):
        list(rows)

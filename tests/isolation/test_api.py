"""Random users in random countries over the case API: rows, fields, comparisons and the read log against the oracle."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from backend.accounts.models import AccessToken, PartnerApp, User
from backend.accounts.roles import TOKEN_SCOPES
from backend.accounts.scope import scope_of, scoped
from backend.accounts.services import admit_partner_app
from backend.cases.learners.identity import CODE, code_index
from backend.cases.learners.models import Enrolment, Learner, LearnerIdentity
from backend.cases.plans.models import RiskAssessment, SupportPlan
from backend.core.clock import now
from backend.core.database.roles import acting_as
from backend.core.trail.models import ReadEntry
from backend.core.vault.cipher import encrypt
from backend.core.vault.keys import keys_made
from graphql_schema.cases.documents import case_compiler, case_documents
from graphql_schema.limits.profiles import limits_for
from tests.isolation import oracle
from tests.isolation.api import EVERYBODY, INSIDE, NODE, NODES, Expected, by_id, inside
from tests.isolation.country import Country, clear, settle
from tests.isolation.doors import Case
from tests.isolation.facts import random_world

USERS = 25
QUICK, FULL = 8, 200
"""Countries; times the users of each: 200 cases, and 5,000. Every document goes to both engines."""
WIDE = {
    **settings.GRAPHQL_LIMITS,
    "ad_hoc": {"tokens": 4_000, "cost": 10**9, "bucket": 2 * 10**9},
    "both": {**settings.GRAPHQL_LIMITS["both"], "depth": 20},
}
Json = dict[str, Any]
NAME_DOWN = [{"field": "NAME", "direction": "DESC"}]
COMPARED = {
    root: f"""query($filters: {kind}Filter, $orderBy: [{kind}Order!], $search: String) {{
      {root}(first: 100, filters: $filters, orderBy: $orderBy, search: $search) {{ totalCount edges {{ node {{ id }} }} }} }}"""
    for root, kind in (("learners", "Learner"), ("supportPlans", "SupportPlan"))
}
"""Values come as variables, so that a document is compiled once for each kind of caller."""


class Asker:
    """One user with a token for everything, asking both engines and looking into the read log after each answer."""

    def __init__(self, case: Case, token: str, codes: dict[Any, str], counted: dict[str, int]) -> None:
        self.case, self.token, self.counted = case, token, counted
        self.expected = Expected(case, codes)
        self.row_security = True
        self.last = 0
        """The last entry of the read log that was looked at."""

    def post(self, query: str, engine: str, **variables: Any) -> Json:
        with override_settings(GRAPHQL_COMPILE=engine == "compiled"):
            answer = (
                Client()
                .post(
                    "/graphql/",
                    data={"query": query, "variables": variables},
                    content_type="application/json",
                    headers={"authorization": f"Bearer {self.token}"},
                )
                .json()
            )
        return dict(answer)

    def answers(self, query: str, *, shown: set[Any], **variables: Any) -> Iterator[Json]:
        """The data of each engine; `shown`: the learners that the log must name, and no others."""
        for engine in ("compiled", "resolved"):
            with self.logging(shown):
                answer = self.post(query, engine, **variables)
            assert "errors" not in answer, (answer["errors"], query)
            assert answer["extensions"]["engine"] == engine, self._why_not(query, variables)
            yield answer["data"]

    def _why_not(self, query: str, variables: Json) -> str:
        document = case_documents().parsed(query, limits=limits_for("registered"))
        return case_compiler().why_not(document, operation_name=None, variables=variables, scope=self.case.scope)

    def refused(self, query: str, named: str, **variables: Any) -> None:
        """Both engines refuse, name what, and show nobody."""
        for engine in ("compiled", "resolved"):
            with self.logging(set()):
                answer = self.post(query, engine, **variables)
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"], (answer, query)
            assert named in answer["errors"][0]["message"]
            assert set(answer["data"].values()) == {None}
        self.counted["refused"] += 1

    @contextmanager
    def logging(self, shown: set[Any]) -> Iterator[None]:
        """The log gains exactly one entry for each learner shown, with a reason that the oracle allows."""
        yield
        if not self.row_security:
            return
        entries = self.entries(after=self.last)
        self.last = max((one.pk for one in entries), default=self.last)
        assert sorted(str(one.learner_id) for one in entries) == sorted(str(key) for key in shown)
        schools = {school.pk: number for number, school in enumerate(self.case.country.schools)}
        rooms = {"lrn": "L", "enr": "L", "plan": "P", "risk": "P", "msr": "P", "cons": "D", "clm": "M"}
        for one in entries:
            allowed = oracle.as_whom(
                self.case.country.world, self.case.posts, rooms[one.object_type], schools[one.institution_id]
            )
            assert (one.role, one.level) in allowed, (one.role, allowed)
        self.counted["logged"] += len(entries)

    def entries(self, *, after: int) -> list[ReadEntry]:
        """What the log has of this user's reads."""
        with scoped(self.case.scope):
            return list(ReadEntry.objects.filter(principal_id=self.case.scope.principal_id, pk__gt=after))


# -- the documents ---------------------------------------------------------------------------------------------------------
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
    asker.counted["redacted"] += any(one["birthDate"] is None for one in everybody)
    asker.counted["shown"] += any(one["personalCodeInFull"] is not None for one in everybody)


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


# -- the world -------------------------------------------------------------------------------------------------------------
def _codes(country: Country) -> dict[Any, str]:
    """A personal code for each learner, written as the platform stores it. Generated; of the form without a birth date."""
    codes = {learner.pk: f"32{number:09}" for number, learner in enumerate(country.learners, 100)}
    keys_made(codes)
    rows = [
        LearnerIdentity(learner_id=key, code_index=code_index(code), code_cipher=encrypt(learner_id=key, field=CODE, text=code))
        for key, code in codes.items()
    ]
    with acting_as("owner"), transaction.atomic():
        LearnerIdentity.objects.bulk_create(rows)
    return codes


def _tokens(country: Country) -> tuple[PartnerApp, list[str]]:
    """An app, and a token for each user, with every scope."""
    scopes = sorted(TOKEN_SCOPES)
    raw = [secrets.token_urlsafe(24) for _ in country.users]
    with acting_as("owner"), transaction.atomic():
        account = User.objects.filter(username="api-door").first() or User.objects.create_user("api-door", is_service=True)
        app = admit_partner_app(
            name="door", client_id="door", client_secret="a-long-random-secret", scopes=scopes, service_account=account
        )
        for user, text in zip(country.users, raw, strict=True):
            token = AccessToken(
                application=app, user=user, scope=" ".join(scopes), expires=now() + dt.timedelta(hours=1), token=""
            )
            token._raw_token = text
            token.save()
    return app, raw


def _judge(rng: Random, counted: dict[str, int]) -> None:
    country = settle(random_world(rng, users=USERS))
    world = country.world
    try:
        codes = _codes(country)
        app, tokens = _tokens(country)
        askers = []
        for user, posts, token in zip(country.users, world.users, tokens, strict=True):
            scope = scope_of(user=user, app_id=app.pk, token_scopes=TOKEN_SCOPES, on=world.day)
            askers.append(Asker(Case(country, posts, scope, rng), token, codes, counted))
        with override_settings(DEMO_TODAY=world.day, GRAPHQL_LIMITS=WIDE):
            for asker in askers:
                lists_agree(asker)
                ids_agree(asker)
                comparisons_agree(asker)
                rng.choice([nesting_agrees, counts_agree])(asker)
                counted["cases"] += 1
            with acting_as("owner"):  # row security off: what the engines ask for must hold alone
                for asker in askers[::5]:
                    asker.row_security = False
                    lists_agree(asker)
    finally:
        clear()


@pytest.mark.parametrize("countries", [QUICK, pytest.param(FULL, marks=pytest.mark.full)])
def test_the_api_answers_and_logs_what_the_oracle_says(committed: None, countries: int) -> None:
    counted = dict.fromkeys(("cases", "redacted", "shown", "refused", "unordered", "logged"), 0)
    for seed in range(countries):
        _judge(Random(seed + 7_000), counted)
    assert counted["cases"] == countries * USERS
    # A round in which nothing was ever hidden, refused or logged would pass as well.
    assert counted["redacted"] >= counted["cases"] // 40, counted
    assert counted["shown"] >= counted["cases"] // 5, counted
    assert counted["refused"] >= counted["cases"] // 20, counted
    assert counted["unordered"] >= counted["cases"] // 50, counted
    assert counted["logged"] >= counted["cases"] * 5, counted

"""A user of a random country with a token, who asks both engines and looks into the read log after each answer."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest import mock

from django.db import transaction
from django.db.models import Q
from django.test import Client, override_settings

from backend.accounts.models import AccessToken, PartnerApp, User
from backend.accounts.roles import TOKEN_SCOPES
from backend.accounts.scope import scoped
from backend.accounts.services import admit_partner_app
from backend.cases.learners.identity import CODE, code_index
from backend.cases.learners.models import LearnerIdentity
from backend.core.clock import now
from backend.core.database.roles import acting_as
from backend.core.trail.models import ReadEntry
from backend.core.vault.cipher import encrypt
from backend.core.vault.keys import keys_made
from graphql_schema.cases import view
from graphql_schema.cases.documents import case_compiler, case_documents
from graphql_schema.cases.schema import case_schema
from graphql_schema.http.documents import DocumentStore
from graphql_schema.limits.profiles import limits_for
from tests.isolation import oracle
from tests.isolation.api import Expected
from tests.isolation.country import Country
from tests.isolation.doors import POLICIES, Case

Json = dict[str, Any]
Said = dict[tuple[str, str, str], set[str]]
"""Messages of refusals by command, path and code."""


@cache
def documents_without_selectors() -> DocumentStore:
    """A store of its own: the platform's keeps statements that narrow."""
    return DocumentStore(schema=case_schema().core, prices=case_schema().prices)


@contextmanager
def selectors_off() -> Iterator[None]:
    """No selector narrows by the scope any more, in neither engine: row security is alone."""
    with ExitStack() as off:
        for kind in {kind for policy in POLICIES.values() for kind in type(policy).__mro__}:
            for name in {"visible", "visible_of_few"} & set(vars(kind)):
                off.enter_context(mock.patch.object(kind, name, return_value=Q()))
        off.enter_context(mock.patch.object(view, "case_documents", documents_without_selectors))
        yield


class Asker:
    """One user with a token for everything, asking both engines and looking into the read log after each answer."""

    def __init__(self, case: Case, token: str, codes: dict[Any, str], counted: Counter[str], said: Said) -> None:
        self.case, self.token, self.counted, self.said = case, token, counted, said
        self.row_security = True
        self.expected = Expected(case, codes)
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
            assert [error["extensions"]["code"] for error in answer.get("errors", [])] == ["FORBIDDEN"], (answer, query)
            assert named in answer["errors"][0]["message"]
            assert set(answer["data"].values()) == {None}
        self.counted["refused"] += 1

    @contextmanager
    def logging(self, shown: set[Any]) -> Iterator[None]:
        """The log gains exactly one entry for each learner shown, with a reason that the oracle allows."""
        yield
        entries = self.entries(after=self.last)
        self.last = max((one.pk for one in entries), default=self.last)
        assert sorted(str(one.learner_id) for one in entries) == sorted(str(key) for key in shown)
        schools = {school.pk: number for number, school in enumerate(self.case.country.schools)}
        rooms = {"work": "P", "lrn": "L", "enr": "L", "plan": "P", "risk": "P", "msr": "P", "cons": "D", "clm": "M"}
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


def personal_codes(country: Country) -> dict[Any, str]:
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


def tokens(country: Country) -> tuple[PartnerApp, list[str]]:
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

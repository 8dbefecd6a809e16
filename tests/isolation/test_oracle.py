"""The oracle notices: each mechanism is taken out of the platform in turn, and the judgement of a country must fail.

Under the large counts only: it is about the tests, not about the platform.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from random import Random
from unittest import mock

import pytest
from django.db import connection
from django.db.models import Q

from backend.accounts.fields import FieldAccess
from backend.accounts.permissions import Decision
from backend.accounts.policy import Reason
from backend.cases.plans.policies import PLANS
from backend.core.database.roles import acting_as
from graphql_schema.cases import view
from graphql_schema.cases.documents import case_documents
from tests.isolation.asking import documents_without_selectors
from tests.isolation.test_api import DAYS, judge

pytestmark = pytest.mark.full


@contextmanager
def _no_read_log() -> Iterator[None]:
    with mock.patch.object(view, "log_reads", return_value=0):
        yield


@contextmanager
def _no_read_log_of_compiled_documents() -> Iterator[None]:
    with mock.patch("graphql_schema.compiler.running.noted_parameters", return_value=[]):
        yield


@contextmanager
def _every_field_readable() -> Iterator[None]:
    with mock.patch.object(FieldAccess, "readable", return_value=Q()):
        yield


@contextmanager
def _every_field_comparable() -> Iterator[None]:
    with mock.patch.object(FieldAccess, "may_compare", return_value=True):
        yield


@contextmanager
def _a_selector_that_narrows_nothing() -> Iterator[None]:
    with mock.patch.object(type(PLANS), "visible", return_value=Q(), create=True):
        yield


@contextmanager
def _everybody_may_act() -> Iterator[None]:
    allowed = Decision(Reason("ikvd", "STATE", ""))
    with ExitStack() as stack:
        for asking in ("accounts.permissions", "cases.learners.services", "cases.delivery.services.recording"):
            stack.enter_context(mock.patch(f"backend.{asking}.may", return_value=allowed))
        yield


@contextmanager
def _a_table_without_policy() -> Iterator[None]:
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("alter table plans_supportplan disable row level security")
    try:
        yield
    finally:
        with acting_as("owner"), connection.cursor() as cursor:
            cursor.execute("alter table plans_supportplan enable row level security")


USERS, COUNTRIES = 10, 4
"""In one country a break may let nobody see more: an eighth of its users ask without row security, and may read everything."""
BREAKS: list[Callable[[], AbstractContextManager[None]]] = [
    _no_read_log,
    _no_read_log_of_compiled_documents,
    _every_field_readable,
    _every_field_comparable,
    _a_selector_that_narrows_nothing,
    _everybody_may_act,
    _a_table_without_policy,
]


@pytest.fixture
def anew(committed: None) -> Iterator[None]:
    """Statements kept from before would not be broken, and broken ones must not be kept."""
    for documents in (case_documents, documents_without_selectors):
        documents.cache_clear()
    yield
    for documents in (case_documents, documents_without_selectors):
        documents.cache_clear()


def _judge_all() -> None:
    for seed in range(1, 1 + COUNTRIES):
        judge(Random(seed), DAYS[1], Counter(), {}, users=USERS)


def test_what_is_whole_is_judged_so(anew: None) -> None:
    _judge_all()


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.__name__.strip("_"))
def test_what_is_broken_is_noticed(anew: None, broken: Callable[[], AbstractContextManager[None]]) -> None:
    with broken(), pytest.raises(AssertionError):
        _judge_all()

"""A statement that is compiled once answers as the queryset it was compiled from."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from backend.core.database import statements
from backend.core.database.statements import Given, Listed, Several, rows
from backend.territory.models import Municipality, Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _anew(reference: dict[str, int]) -> Iterator[None]:
    statements.forget()
    yield
    statements.forget()


def _places() -> QuerySet[Municipality]:
    return Municipality.objects.select_related("region").order_by("sort_key", "code")


def _of_region() -> QuerySet[Municipality]:
    return _places().filter(region__code=Given("region"))


def test_rows_are_those_of_the_queryset_each_time() -> None:
    for _time in range(2):
        found = rows("places", _places)
        assert found == list(_places())
        with CaptureQueriesContext(connection) as queries:
            assert [place.region.code for place in found] == [place.region.code for place in _places()]
        assert len(queries) == 1, "the region came with its place"


def test_what_is_made_is_compiled_only_for_a_new_key() -> None:
    made: list[int] = []

    def make() -> QuerySet[Municipality]:
        made.append(1)
        return _places()

    for _time in range(3):
        rows("places", make)
    assert len(made) == 1
    rows(("places", "again"), make)
    assert len(made) == 2


def test_rows_are_read_anew() -> None:
    before = rows("places", _places)
    Municipality.objects.filter(pk=before[0].pk).update(name_lv="Cits novads")
    assert rows("places", _places)[0].name_lv == "Cits novads"


def test_what_is_given_is_heeded_each_time() -> None:
    for region in Region.objects.all():
        assert rows("of a region", _of_region, region=region.code) == list(_places().filter(region=region))
    assert rows("of a region", _of_region, region="") == []
    assert rows("of a region", _of_region, region="'; drop table territory_region; --") == []


def test_several_values_are_given_at_once() -> None:
    codes = list(_places().values_list("code", flat=True)[:3])

    def make() -> QuerySet[Municipality, str]:
        return _places().filter(code__in=Several("codes", of="text")).values_list("code", flat=True)

    def asked(*given: str) -> list[str]:
        return rows("codes", make, codes=list(given))

    assert asked(*codes) == codes
    assert asked(codes[1], "XX-000") == [codes[1]]
    assert asked() == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: _places().only("code", "region"),
        lambda: _places().annotate(loud=Upper("name_lv")),
        lambda: _places().values("code", "region__code"),
        lambda: _places().values_list("code", "valid_from"),
        lambda: _places().filter(Q(code__startswith="LV-0") | Q(valid_to=None))[2:5],
        lambda: _places().filter(pk__in=[]),
        lambda: _places().none(),
    ],
)
def test_every_kind_of_queryset_answers_alike(make: Any) -> None:
    for _time in range(2):
        found = rows("any", make)
        assert [getattr(row, "loud", row) for row in found] == [getattr(row, "loud", row) for row in make()]


def test_a_statement_prefetches_nothing() -> None:
    with pytest.raises(AssertionError, match="prefetches nothing"):
        rows("regions", lambda: Region.objects.prefetch_related("municipalities"))


def test_a_list_is_read_a_page_at_a_time() -> None:
    for _time in range(2):
        listed: Listed[Municipality] = Listed("places", _places)
        with CaptureQueriesContext(connection) as queries:
            page = Paginator(listed, 10).get_page(2)
            assert list(page) == list(_places()[10:20])
        assert len(queries) == 3
        assert len(listed) == page.paginator.count == _places().count()
        assert listed[3] == _places()[3]


def test_an_empty_list_has_no_rows() -> None:
    listed: Listed[Municipality] = Listed("none", lambda: _places().filter(code="XX-000"))
    assert (len(listed), listed[0:5]) == (0, [])


def test_threads_ask_over_their_own_connections() -> None:
    statements_of_threads: list[list[str]] = []

    def ask() -> None:
        try:
            with CaptureQueriesContext(connection) as queries:
                rows("places", _places)
            statements_of_threads.append([query["sql"] for query in queries])
        finally:
            connection.close()

    rows("places", _places)
    thread = Thread(target=ask)
    with CaptureQueriesContext(connection) as here:
        thread.start()
        thread.join()
    assert len(here) == 0
    assert [len(queries) for queries in statements_of_threads] == [1]


def test_old_statements_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST", 3)
    for number in range(10):
        assert rows(("places", number), _places) == list(_places())
    assert len(statements._compiled) <= 3

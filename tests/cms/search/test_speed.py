"""Twenty thousand documents: p95 of a query, and what it costs. `make test-full T=tests/cms/search/test_speed.py`."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from backend.core.text import fold
from cms.search.query import words_of
from cms.search.selectors import find, suggestions
from tests.cms.search.corpus import Collection, collection, make_pages, with_error
from tests.database import TestDatabase, serve_as

pytestmark = [pytest.mark.django_db, pytest.mark.full]

DOCUMENTS = 20_000
QUERIES = 240
MILLISECONDS = 20
WORST = 12
"""Of the most frequent words that tell something: each stands in about a quarter of all documents."""


@pytest.fixture(scope="module")
def many(site_rows: int, django_db_setup: TestDatabase, django_db_blocker: DjangoDbBlocker) -> Iterator[Collection]:
    """The loaded site with the documents beside its own, swept as the database sweeps itself a minute after such a load."""

    def fill() -> Collection:
        texts = collection(DOCUMENTS)
        make_pages(texts.texts)
        return texts

    with django_db_blocker.unblock(), django_db_setup.filled("many", fill) as texts:
        serve_as("owner")
        with connection.cursor() as cursor:
            for table in ("search_searchentry", "search_searchword", "wagtailcore_page"):
                cursor.execute(f"vacuum analyze {table}")
        serve_as("app")
        yield texts


def test_twenty_thousand_documents(many: Collection, db: None) -> None:
    cache.clear()
    sets = _queries(many)
    find(q="skola", language="lv")
    words = _scalar("select count(*) from search_searchword")
    report = [f"{DOCUMENTS} documents, lexicon {words} words"]
    report.append(f"index {_scalar('select pg_relation_size(%s)', 'search_entry_vector') / 2**20:.0f} MB")
    slow, most = {}, {}
    for name, queries in sets.items():
        walls, cpu = [], -_cpu_ms()
        for q in queries:
            assert words_of(q)
            walls.append(min(_timed(q) for _ in range(3)))
        cpu = (cpu + _cpu_ms()) / (3 * len(queries))
        walls.sort()
        median, late = walls[len(walls) // 2], walls[int(len(walls) * 0.95)]
        slow[name] = late
        hits = sorted(find(q=q, language="lv").total for q in queries)
        most[name] = hits[-1]
        report.append(f"{name}: median {median:.1f} ms, p95 {late:.1f} ms (best of three), CPU {cpu:.1f} ms a query")
        report[-1] += f"; finds {hits[len(hits) // 2]} in the middle, {hits[int(len(hits) * 0.95)]} at p95, {hits[-1]} at most"
    began = time.perf_counter()
    for q in sets["one word"]:
        suggestions(q=q[:3])
    report.append(f"completion: {1000 * (time.perf_counter() - began) / QUERIES:.1f} ms mean")
    print("\n" + "\n".join(report))
    assert most["in a quarter"] > DOCUMENTS // 5
    assert max(slow.values()) <= MILLISECONDS


def _queries(texts: Collection) -> dict[str, list[str]]:
    """Words as often asked for as they are written, in their base form or as they stand; two from one text."""
    chance = random.Random(3)
    pairs = [chance.sample(words, 2) for words in chance.choices(texts.tokens, k=QUERIES)]
    asked = [[chance.choice(word) for word in pair] for pair in pairs]
    return {
        "one word": [first for first, _second in asked],
        "two words": [" ".join(pair) for pair in asked],
        "without diacritics": [fold(first) for first, _second in asked],
        "one error": [with_error(first, chance) for first, _second in asked if len(first) > 3],
        "in a quarter": texts.frequent[:WORST],
    }


def _timed(q: str) -> float:
    began = time.perf_counter()
    find(q=q, language="lv")
    return 1000 * (time.perf_counter() - began)


def _cpu_ms() -> float:
    """Processor time of this process and of the database's process that serves it."""
    fields = Path(f"/proc/{_scalar('select pg_backend_pid()')}/stat").read_text().rpartition(") ")[2].split()
    return 1000 * (time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))


def _scalar(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
        assert row is not None
        return int(row[0])

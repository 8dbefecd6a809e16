"""Processor time and statements of every template, in this one process: `python -m tests.audit.page_cost [ADDRESS ...]`.

Needs a loaded database (`DJANGO_SETTINGS_MODULE`, `VAR_ROOT` as for manage.py); asks as the serving role. Three ways for each
address, in milliseconds of this process (`time.process_time`, the least and the median of the rounds):

anew     nothing is kept, neither the page nor its parts: what the first visitor after any change of the site costs
parts    the page is not kept, what pages share is (docs/decisions/0146): every further page after a change
kept     the page is kept

Prints a table, and as JSON with `--json`.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote

OPEN_DATA = ("/open-data/", "/open-data/method/", "/open-data/changes/")
ABSENT = "/lv/nav-tadas-lapas/"
BESIDES = ("/lv/meklet/", "/en/search/?q=plan", ABSENT, *OPEN_DATA)
WARM, ROUNDS = 3, 11
PATIENCE = 400


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time of one address, and the SQL statements of the dearest way."""

    path: str
    template: str
    anew: float
    anew_least: float
    parts: float
    parts_least: float
    kept: float
    statements: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("addresses", nargs="*")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
    import django

    django.setup()
    from tests.cms.test_pages import TEMPLATES

    chosen = {path: TEMPLATES.get(path, "") for path in options.addresses or [*TEMPLATES, *BESIDES]}
    costs = [cost_of(path, template, rounds=options.rounds) for path, template in chosen.items()]
    print(json.dumps([asdict(cost) for cost in costs]) if options.json else table(costs))
    return 0


def cost_of(path: str, template: str, *, rounds: int) -> Cost:
    """All three ways of one address."""
    from django.conf import settings
    from django.core.cache import caches
    from django.db import connection

    from cms.base.parts import forget

    def nothing() -> None:
        caches["pages"].clear()
        forget()

    settings.SITE_CACHE_SECONDS = settings.SITE_CACHE_SECONDS or PATIENCE
    anew = _times(path, rounds, before=nothing)
    nothing()
    statements: list[str] = []

    def noted(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(noted):
        _ask(path)
    parts = _times(path, rounds, before=caches["pages"].clear)
    kept = _times(path, rounds)
    return Cost(
        path, template, statistics.median(anew), min(anew), statistics.median(parts), min(parts), statistics.median(kept),
        len(statements),
    )  # fmt: skip


def is_made_for_one(path: str) -> bool:
    """Whether the answer is not kept whole: nobody else asks for the same basket, and there are endless wrong addresses."""
    return path == ABSENT or "?m=" in path or "&m=" in path


def _times(address: str, rounds: int, *, before: Callable[[], object] = lambda: None) -> list[float]:
    for _number in range(WARM):
        _ask(address)
    gc.collect()
    found = []
    for _number in range(rounds):
        before()
        began = time.process_time()
        _ask(address)
        found.append((time.process_time() - began) * 1000)
    return found


def _ask(address: str) -> bytes:
    """The answer as the web server gets it: the whole WSGI application, all middleware."""
    path, _mark, query = address.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": unquote(path).encode().decode("latin-1"), "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1:8000",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    told: list[str] = []
    response = _application()(environ, lambda status, _headers, *_rest: told.append(status))
    try:
        body = b"".join(response)
    finally:
        response.close()
    if not told or told[0][:3] not in {"200", "404"}:
        raise RuntimeError(f"{address}: {told}")
    return body


def _application() -> Any:
    from backend.config.wsgi import application

    return application


def table(costs: list[Cost]) -> str:
    """As people read it, the dearest at the end of each column."""
    lines = [f"{'address':66} {'anew':>6} {'least':>6} {'parts':>6} {'least':>6} {'kept':>6}  SQL"]
    lines += [
        f"{cost.path[:66]:66} {cost.anew:6.1f} {cost.anew_least:6.1f} {cost.parts:6.1f} {cost.parts_least:6.1f}"
        f" {cost.kept:6.2f}  {cost.statements:3}"
        for cost in costs
    ]
    worst = [max(getattr(cost, name) for cost in costs) for name in ("anew", "anew_least", "parts", "parts_least", "kept")]
    lines.append(f"{'most':66} {worst[0]:6.1f} {worst[1]:6.1f} {worst[2]:6.1f} {worst[3]:6.1f} {worst[4]:6.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

"""Is the platform alive, is it ready, and how is it doing: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django_prometheus.exports import ExportToDjangoView

from backend.config import env

_migrations_seen_complete = False


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 only when database, cache, migrations and data are in order; 503 says which are not."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database,
        "cache": _cache,
        "migrations": _migrations,
        "data": _data,
    }
    found: dict[str, bool] = {}
    for name, check in checks.items():
        try:
            found[name] = check()
        except (DatabaseError, OSError):
            found[name] = False
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        return bool(cursor.fetchone() == (1,))


def _cache() -> bool:
    cache.set("readyz", "ok", 10)
    return bool(cache.get("readyz") == "ok")


def _migrations() -> bool:
    """Whether every migration is applied. Asked until it is so once; a new release means new processes."""
    global _migrations_seen_complete  # noqa: PLW0603
    if not _migrations_seen_complete:
        executor = MigrationExecutor(connection)
        _migrations_seen_complete = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrations_seen_complete


def _data() -> bool:
    """Reference data and the site are loaded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from territory_municipality), exists (select 1 from territory_semester),"
            " exists (select 1 from wagtailcore_site)"
        )
        row = cursor.fetchone()
        return row is not None and all(row)


@never_cache
def metrics(request: HttpRequest) -> HttpResponseBase:
    """Prometheus figures, for loopback (not through a proxy) or a bearer of METRICS_TOKEN; 403 for all others."""
    if not (_from_loopback(request) or _with_token(request)):
        return HttpResponse(status=403)
    return ExportToDjangoView(request)  # type: ignore[no-any-return]


def _from_loopback(request: HttpRequest) -> bool:
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _with_token(request: HttpRequest) -> bool:
    token = env.text("METRICS_TOKEN")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())

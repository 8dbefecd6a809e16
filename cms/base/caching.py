"""Whole answers of the public site and of the content API, kept and never stale.

An answer is kept under the number of the site's generation, read from the database before it is made. Every process and
the worker see the same number, so nothing has to be told to anybody: what was kept under an old number is not asked for
again (docs/decisions/0146). Browsers and caches in between keep answers too, but ask each time whether they still hold.
What is the same for everybody holds no secret that its length could tell, so it is sent compressed (docs/decisions/0196).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from backend.core.clock import business_today
from cms.base import parts
from cms.base.generation import generation

KEPT = frozenset(
    {"wagtail_serve", "sitemap", "calendar", "content-api", "search"}
    | {"open-data", "open-data-method", "open-data-changes", "open-data-release", "open-data-table"}
)
"""Names of the addresses whose answers are the same for everybody."""
MUST_ASK = "public, max-age=0, must-revalidate"
_CHOSEN = ("m",)
"""Parameters that say what somebody put in a basket: nobody else will ask for the same."""
_LONGEST_QUERY = 1_500
_LARGEST = 1_000_000  # bytes of a body
_VARIES = ("Accept", "Accept-Language")
_TAKES_GZIP = re.compile(r"(?:^|,)\s*(?:x-)?gzip\s*(?:;(?!\s*q=0(?:\.0*)?\s*(?:,|$))[^,]*)?(?=,|$)", re.IGNORECASE)

Respond = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class Kept:
    """An answer as it was given: status is always 200."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    packed: bytes
    """The body compressed; empty where that is no shorter."""

    def sent(self, request: HttpRequest) -> HttpResponse:
        """The answer as `request` can take it."""
        response = HttpResponse(self.body, headers=dict(self.headers))
        if self.packed and _TAKES_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            response.content = self.packed
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(len(self.packed))
        return response


class SiteCacheMiddleware:
    """Answers from what is kept before anything else is asked; keeps what may be kept."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.SITE_CACHE_SECONDS or not _may_ask(request):
            return self.get_response(request)
        began = time.perf_counter()
        try:
            number = generation()
            key = _key(request, number=number)
        except DisallowedHost:
            return self.get_response(request)
        nobody_else_asks = _is_choice(request)
        kept: Kept | None = None if nobody_else_asks else caches["pages"].get(key)
        if kept is not None:
            return _again(request, kept, began)
        with parts.under(number):
            response = self.get_response(request)
        if nobody_else_asks or not _may_keep(request, response):
            return response
        assert isinstance(response, HttpResponse)  # noqa: S101  (_may_keep looked)
        response.headers["Cache-Control"] = MUST_ASK
        response.headers.setdefault("ETag", f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"')
        patch_vary_headers(response, ["Accept-Encoding"])
        packed = gzip.compress(response.content, 6, mtime=0)
        kept = Kept(tuple(response.headers.items()), response.content, packed if len(packed) < len(response.content) else b"")
        caches["pages"].set(key, kept, settings.SITE_CACHE_SECONDS)
        return _conditional(request, kept.sent(request))


def _may_ask(request: HttpRequest) -> bool:
    """Whether the answer could be the same for everybody: no cookie, no sign-in, nothing sent."""
    return (
        request.method == "GET"
        and not request.META.get("HTTP_COOKIE")
        and not request.META.get("HTTP_AUTHORIZATION")
        and not request.META.get("HTTP_RANGE")
        and len(request.META.get("QUERY_STRING", "")) <= _LONGEST_QUERY
    )


def _is_choice(request: HttpRequest) -> bool:
    """Whether the address says what somebody put in a basket: its page is made of shared parts, and not kept itself."""
    return bool(request.META.get("QUERY_STRING")) and any(name in request.GET for name in _CHOSEN)


def _may_keep(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Only a whole answer of an address in `KEPT` that names nobody: no cookie, no nonce, nothing that varies by person."""
    match = request.resolver_match
    vary = {name.strip().lower() for name in response.headers.get("Vary", "").split(",") if name.strip()}
    control = response.headers.get("Cache-Control", "")
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and match is not None
        and match.url_name in KEPT
        and not response.cookies
        and vary <= {name.lower() for name in _VARIES}
        and not any(word in control for word in ("private", "no-store", "no-cache"))
        and "'nonce-" not in response.headers.get("Content-Security-Policy", "")
        and len(response.content) <= _LARGEST
    )


def _key(request: HttpRequest, *, number: int) -> str:
    """Everything the answer depends on. Raises DisallowedHost for a host that is not ours."""
    parts = (
        code_fingerprint(), str(number), business_today().isoformat(), request.scheme or "", request.get_host(),
        request.path, request.META.get("QUERY_STRING", ""), *(request.headers.get(name, "") for name in _VARIES),
    )  # fmt: skip
    return "page:" + hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _again(request: HttpRequest, kept: Kept, began: float) -> HttpResponseBase:
    response = kept.sent(request)
    if "Server-Timing" in response.headers:
        response.headers["Server-Timing"] = f"kept, total;dur={(time.perf_counter() - began) * 1000:.1f}"
    return _conditional(request, response)


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """304 where the caller has the same already."""
    same = get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
    for name in ("Cache-Control", "Vary", "ETag"):
        if name in response.headers:
            same.headers[name] = response.headers[name]
    return same


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Differs between releases: a shared cache outlives a process, the templates it was filled from do not."""
    root = Path(settings.ROOT)
    digest = hashlib.sha256()
    for folder in ("site_templates", "cms", "graphql_schema/content"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".html", ".xml", ".svg", ".py", ".css", ".js", ".mo"}:
                state = path.stat()
                digest.update(f"{path.relative_to(root)}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]

"""Addresses of the site that are no pages: the way to the first page, files for machines, public media, errors."""

from __future__ import annotations

import copy
import mimetypes
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils._os import safe_join
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve

from backend.core.clock import now
from backend.core.database.statements import Given, rows
from cms.base import parts
from cms.base.languages import address, language_code, locale_ids, reader_language
from cms.base.selectors import published
from cms.base.sharing import card_file, digest_of
from cms.base.suggestions import suggestions_for

_DAY = 86_400
_YEAR = 365 * _DAY
PUBLIC_FOLDERS = ("images",)
"""Folders under MEDIA_ROOT that anybody may read: renditions. Originals stay, since they may tell where they were taken."""


@require_safe
def to_first_page(request: HttpRequest) -> HttpResponse:
    """`/` leads to Latvian, whatever the browser asks for: Latvian first, and the same for every cache."""
    return HttpResponseRedirect(f"/{settings.LANGUAGE_CODE}/")


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """A page of the tree, by Wagtail's own way once it is found.

    Wagtail finds the first page of a language in four or five statements (site, its page, locale, translation, the page's own
    row). This site has one tree, so the language's first page is one statement; what has none is left to Wagtail.
    """
    from cms.home.models import HomePage

    locale = locale_ids().get(reader_language())
    homes = parts.kept(("home", locale), lambda: rows("first page", lambda: _first_pages(HomePage), locale=locale))
    home = homes[0] if homes else None
    if home is not None:
        try:
            # A copy, since serving a page leaves things on it.
            route = copy.copy(home).route(request, [part for part in path.split("/") if part])
            request._wagtail_route_for_request = route  # type: ignore[attr-defined]
        except Http404:
            request._wagtail_route_for_request = None  # type: ignore[attr-defined]
    response: HttpResponse = wagtail_serve(request, path)
    return response


def _first_pages(model: type[Page]) -> QuerySet[Page]:
    return model.objects.filter(depth=2, live=True, locale_id=Given("locale"))


@require_safe
@cache_control(public=True, max_age=_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers should leave alone, and where the site map is."""
    closed = ("/admin/", "/account/", "/sign-in/", "/workspace/", "/graphql/", "/o/")
    lines = ["User-agent: *", *[f"Disallow: {path}" for path in closed], "", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_DAY)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a weakness (RFC 9116). The statement holds for half a year from each reading."""
    expires = (now() + timedelta(days=182)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        "Contact: mailto:pmp@ikvd.gov.lv",
        f"Expires: {expires}",
        "Preferred-Languages: lv, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_DAY)
def favicon(request: HttpRequest) -> HttpResponse:
    """The sign of the site for browsers that ask at the old address."""
    return FileResponse(
        (settings.ROOT / "site_templates" / "static" / "icons" / "favicon.ico").open("rb"), content_type="image/x-icon"
    )


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every published page with its real translations."""
    pages = published(Page.objects.filter(depth__gte=2)).order_by("path")
    rows = pages.only("url_path", "locale_id", "translation_key", "last_published_at", "path", "depth")
    groups: dict[object, dict[str, str]] = {}
    for page in rows:
        groups.setdefault(page.translation_key, {})[language_code(page.locale_id)] = settings.BASE_URL + address(page)
    entries = [
        {
            "url": groups[page.translation_key][language_code(page.locale_id)],
            "changed": page.last_published_at,
            "alternates": groups[page.translation_key] if len(groups[page.translation_key]) > 1 else {},
        }
        for page in rows
    ]
    return render(request, "pages/sitemap.xml", {"entries": entries}, content_type="application/xml; charset=utf-8")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """A public file where no web server stands in front. Raises Http404 for anything outside the public folders."""
    folder = path.split("/", 1)[0]
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
    except SuspiciousFileOperation as error:
        raise Http404 from error
    if folder not in PUBLIC_FOLDERS or not file.is_file():
        raise Http404
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = FileResponse(file.open("rb"), content_type=kind)
    response["Content-Security-Policy"] = "default-src 'none'"
    # A rendition's name carries its filter and a changed original gets a new name, so it may be kept for long.
    patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    return response


@require_safe
def share_card(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """The picture of a published page for sharing. Raises Http404 unless the digest is that of the page as it is now."""
    page = published(Page.objects.filter(pk=pk, depth__gte=2)).first()
    if page is None or digest != digest_of(page):
        raise Http404
    response = FileResponse(card_file(page).open("rb"), content_type="image/png")
    patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A 404 that shows the pages whose addresses are near, and other ways on."""
    language = reader_language()
    near = suggestions_for(path=request.path, language=language)
    return render(request, "pages/404.html", {"canonical_path": request.path, "near": near}, status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A 403 in plain words."""
    return render(request, "pages/403.html", {"canonical_path": request.path}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """A 500 that needs neither database nor page tree: whatever failed, this must not."""
    return render(request, "pages/500.html", {"latvian": "/lv/", "english": "/en/"}, status=500)

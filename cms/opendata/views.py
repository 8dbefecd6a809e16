"""The pages and files of open data. They read published releases and nothing else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from backend.insight.statistics.public import PublicRelease, PublicTable, public_release, public_releases, public_table
from cms.base.languages import reader_language
from cms.navigation.selectors import home_of
from cms.opendata import catalogue as dcat
from cms.opendata import files
from cms.opendata.reading import grid_of, has_shares, measure_of, unit_of

LATEST = "latest"
_DAY = 86_400
_YEAR = 365 * _DAY


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest release with its tables, and the way to all others."""
    releases = public_releases()
    return _page(request, "index", {"releases": releases, "newest": releases[0] if releases else None})


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """How figures are protected, with the thresholds of the newest release."""
    return _page(request, "method", {"newest": public_release()})


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Every release with what differs from the one before."""
    return _page(request, "changes", {"releases": public_releases()})


@require_safe
def release(request: HttpRequest, code: str) -> HttpResponseBase:
    """One release. Raises Http404 for one that was not published."""
    if code == LATEST:
        return HttpResponseRedirect(reverse("open-data-release", args=[_newest().code]))
    found = public_release(code=code)
    if found is None:
        raise Http404
    return _page(request, "release", {"release": found, "audit": found.protection.get("audit", {})})


@require_safe
def table(request: HttpRequest, code: str, name: str) -> HttpResponseBase:
    """One table as a page. Raises Http404 for one that was not published."""
    if code == LATEST:
        return HttpResponseRedirect(reverse("open-data-table", args=[_newest().code, name]))
    found, content = _table(code, name)
    down, across, rows = grid_of(content)
    return _page(
        request,
        "table",
        {
            "release": found,
            "table": content,
            "measure": measure_of(content)["name"][reader_language()],
            "unit": unit_of(content),
            "down": down.name_in(reader_language()),
            "across": [each.name_in(reader_language()) for each in across.headings] if across else [],
            "rows": [(row.heading.name_in(reader_language()), row.heading.depth, row.values) for row in rows],
            "has_shares": has_shares(content),
        },
    )


@require_safe
def table_file(request: HttpRequest, code: str, name: str, suffix: str) -> HttpResponseBase:
    """One table as a file: csv, csv-metadata.json or json. Raises Http404 for one that was not published."""
    if code == LATEST:
        return _open(HttpResponseRedirect(reverse("open-data-file", args=[_newest().code, name, suffix])), seconds=300)
    found, content = _table(code, name)
    if suffix == "csv":
        body, kind = files.csv_of(content), "text/csv; charset=utf-8; header=present"
    elif suffix == "json":
        body, kind = files.json_of(release=found, table=content, base=settings.BASE_URL), "application/json"
    else:
        body, kind = files.csvw_of(release=found, table=content, base=settings.BASE_URL), "application/csvm+json"
    # What was released never changes: a copy may be kept as long as anybody likes.
    answer = _tagged(request, HttpResponse(body, content_type=kind), f'"{content.content_hash[:32]}-{suffix}"', seconds=_YEAR)
    if suffix == "csv" and isinstance(answer, HttpResponse):
        answer["Content-Disposition"] = f'attachment; filename="{found.code}-{name}.csv"'
        metadata = reverse("open-data-file", args=[found.code, name, "csv-metadata.json"])
        answer["Link"] = f'<{metadata}>; rel="describedby"; type="application/csvm+json"'
    return answer


@require_safe
def catalogue(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """The catalogue for portals of open data: jsonld or ttl."""
    releases, home = public_releases(), home_of(request)
    mail = home.contact_email if home else settings.DEFAULT_FROM_EMAIL
    statements = dcat.catalogue(releases=releases, base=settings.BASE_URL, mail=mail)
    if suffix == "ttl":
        answer = HttpResponse(dcat.as_turtle(statements), content_type="text/turtle; charset=utf-8")
    else:
        answer = HttpResponse(dcat.as_json_ld(statements), content_type="application/ld+json")
    mark = releases[0].content_hash[:32] if releases else "none"
    return _tagged(request, answer, f'"{mark}-{suffix}"', seconds=3600)


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"pages/open_data/{name}.html", {"language": reader_language(), **context})


def _newest() -> PublicRelease:
    found = public_release()
    if found is None:
        raise Http404
    return found


def _table(code: str, name: str) -> tuple[PublicRelease, PublicTable]:
    found = public_table(release=code, code=name)
    if found is None:
        raise Http404
    return found


def _open(answer: HttpResponse, *, seconds: int) -> HttpResponse:
    """Anybody's programme may read it, and caches may keep it."""
    answer["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(answer, public=True, max_age=seconds)
    return answer


def _tagged(request: HttpRequest, answer: HttpResponse, etag: str, *, seconds: int) -> HttpResponseBase:
    """With its ETag; 304 for who has it already."""
    answer["ETag"] = etag
    found = get_conditional_response(request, etag=etag, response=_open(answer, seconds=seconds))
    return found if found is not None else answer

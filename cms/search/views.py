"""The search page and the words that complete what is being typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cms.base.languages import address_of, reader_language
from cms.base.models import Topic
from cms.materials.models import Audience
from cms.search.latvian.words import clean
from cms.search.query import LONGEST_QUERY
from cms.search.selectors import DEEPEST, FACETS, PER_PAGE, Found, Hit, find, suggestions

_LANGUAGES = {"lv": "Latviešu", "en": "English"}


@dataclass(frozen=True)
class Choice:
    """One way to narrow the results, or to widen them again when it is the chosen one."""

    label: str
    number: int
    url: str
    chosen: bool
    lang: str = ""


@dataclass(frozen=True)
class Facet:
    """What the results can be narrowed by."""

    name: str
    label: str
    choices: list[Choice] = field(default_factory=list)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The search page; it answers anything typed with a page, never with an error."""
    language = reader_language()
    q = clean(request.GET.get("q", ""), longest=LONGEST_QUERY)
    chosen = {name: clean(request.GET.get(name, ""), longest=60) for name in FACETS}
    number = _page_number(request.GET.get("page", ""))
    found = find(q=q, language=language, chosen=chosen, offset=(number - 1) * PER_PAGE)
    if found.total and not found.hits:
        number = -(-found.total // PER_PAGE)
        found = find(q=q, language=language, chosen=chosen, offset=(number - 1) * PER_PAGE)
    context = {
        "q": q,
        "found": found,
        "results": [_result(hit) for hit in found.hits],
        "facets": _facets(request, found, chosen),
        "narrowed": any(chosen.values()),
        "everything": f"{reverse('search')}?{urlencode({'q': q})}",
        "items": Paginator(range(found.total), PER_PAGE).get_page(number),
    }
    return render(request, "pages/search.html", context)


@require_safe
@never_cache
def words(request: HttpRequest) -> JsonResponse:
    """`{"words": [...]}` for what was typed so far."""
    return JsonResponse({"words": suggestions(q=request.GET.get("q", ""))})


def kind_label(kind: str) -> str:
    """What pages of a model are called, in the reader's language."""
    for config in apps.get_app_configs():
        model = config.models.get(kind) if config.name.startswith("cms.") else None
        if model is not None:
            return capfirst(str(getattr(model, "reader_label", model._meta.verbose_name)))
    return _("Page")


def _page_number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(DEEPEST))):
        return 1
    return max(1, min(int(value), DEEPEST // PER_PAGE))


def _result(hit: Hit) -> dict[str, Any]:
    return {
        "hit": hit,
        "url": address_of(url_path=hit.url_path, locale_id=hit.locale_id),
        "kind": kind_label(hit.kind),
        "foreign": hit.language if hit.language != reader_language() else "",
        "excerpt_lang": (hit.document_language if hit.document_id else hit.language),
        "file": hit.document_name.rpartition(".")[2].upper() if hit.document_id else "",
        "file_url": reverse("wagtaildocs_serve", args=[hit.document_id, hit.document_name]) if hit.document_id else "",
    }


def _facets(request: HttpRequest, found: Found, chosen: dict[str, str]) -> list[Facet]:
    """Facets with more than one value, or with one that is chosen; the most frequent values first."""
    if not found.facets:
        return []
    topics = {topic.code: topic.name_in(reader_language()) for topic in Topic.objects.all()} if found.facets["topic"] else {}
    audiences = {str(code): str(label) for code, label in Audience.choices}
    label_of = {
        "kind": kind_label,
        "language": lambda code: _LANGUAGES.get(code, code),
        "audience": lambda code: audiences.get(code, capfirst(code)),
        "topic": lambda code: topics.get(code, capfirst(code)),
    }
    titles = {"kind": _("Kind of page"), "language": _("Language"), "audience": _("For whom"), "topic": _("Topic")}
    facets = []
    for name in FACETS:
        numbers = found.facets[name]
        values = [(value, number) for value, number in numbers.most_common() if number]
        if len(values) > 1 or chosen[name]:
            choices = [_choice(found, chosen, name, value, label_of[name](value)) for value, _number in values]
            facets.append(Facet(name, titles[name], choices))
    return facets


def _choice(found: Found, chosen: dict[str, str], name: str, value: str, label: str) -> Choice:
    is_chosen = chosen[name] == value
    given = {"q": found.query.text, **chosen, name: "" if is_chosen else value}
    url = f"{reverse('search')}?{urlencode({key: text for key, text in given.items() if text})}"
    foreign = value if name == "language" and value != reader_language() else ""
    return Choice(label, found.facets[name][value], url, is_chosen, foreign)

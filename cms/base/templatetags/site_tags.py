"""What templates of the site need: addresses, the frame around a page, numbers, dates and signs."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat, slugify
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from wagtail.models import Page

from backend.core.database.statements import Given, rows
from backend.registry.public import municipality_now
from backend.territory.models import InstitutionKind
from cms.base import numbers, parts
from cms.base.languages import address, language_code, reader_language
from cms.base.models import Topic
from cms.base.sharing import card_address
from cms.files import pictures
from cms.navigation.selectors import Entry, Tree, home_of, translations_of, tree_of

register = template.Library()

LANGUAGE_NAMES = {"lv": "Latviešu", "en": "English"}
"""Each language by its own name."""


@dataclass(frozen=True)
class OtherLanguage:
    """The way from this page to a language: to its translation, or to the nearest page above that has one."""

    code: str
    name: str
    url: str
    is_translation: bool


@dataclass(frozen=True)
class Frame:
    """All that stands around a page's content."""

    language: str
    home: Any
    home_url: str
    menu: list[Entry]
    foot: list[Entry]
    trail: list[Entry]
    section: str
    entry: int
    """Key of the page, where it stands in the menu itself."""
    others: list[OtherLanguage]
    alternates: dict[str, str]
    canonical: str
    base: str


class KeptNode(template.Node):
    """A part of the page that is the same on many."""

    def __init__(self, nodelist: template.NodeList, key: list[template.base.FilterExpression]) -> None:
        self.nodelist, self.key = nodelist, key

    def render(self, context: template.Context) -> SafeString:
        """As it was made for the same key, or anew."""
        key = ("html", *(each.resolve(context) for each in self.key))
        return SafeString(parts.kept(key, lambda: self.nodelist.render(context)))


@register.tag("kept")
def kept_tag(parser: template.base.Parser, token: template.base.Token) -> KeptNode:
    """`{% kept "foot" f.language %}…{% endkept %}`: what it depends on beside number and day is named."""
    key = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, key)


@register.simple_tag(takes_context=True)
def frame(context: template.Context) -> Frame:
    """The frame of the page being rendered, or of a page outside the tree (sign-in, errors)."""
    request = context.get("request")
    page = context.get("page")
    page = page if isinstance(page, Page) and page.pk else None
    language = language_code(page.locale_id) if page else reader_language()
    tree = tree_of(request, page=page)
    home = tree.home(language)
    route = context.get("route_below") or {}  # the address below the page that is shown, in each language
    alternates = translations_of(page, request=request) if page else {}
    alternates = {code: url + route.get(code, "") for code, url in alternates.items()}
    trail = tree.above(page) if page else ([home] if home else [])
    own = context.get("canonical_path") or (address(page) + route.get(language, "") if page else request.path)
    return Frame(
        language=language,
        home=home_of(request),
        home_url=home.url if home else "/",
        menu=tree.menu(language),
        foot=tree.foot(language),
        trail=trail,
        entry=page.pk if page and tree.entry(page.pk) else 0,
        section=next((entry.path for entry in tree.entries if page and entry.depth > 2 and page.path.startswith(entry.path)), ""),
        others=_others(tree=tree, trail=trail, language=language, alternates=alternates),
        alternates={language: own, **alternates} if alternates else {},
        canonical=settings.BASE_URL + own,
        base=settings.BASE_URL,
    )


def _others(*, tree: Tree, trail: list[Entry], language: str, alternates: dict[str, str]) -> list[OtherLanguage]:
    others = []
    for code, _name in settings.LANGUAGES:
        if code == language:
            continue
        url, real = alternates.get(code), True
        if url is None:
            above = (tree.translation(entry.translation_key, code) for entry in reversed(trail))
            nearest = next((entry for entry in above if entry), None)
            url, real = (nearest.url if nearest else ""), False
        if url:
            others.append(OtherLanguage(code=code, name=LANGUAGE_NAMES[code], url=url, is_translation=real))
    return others


@register.simple_tag(takes_context=True)
def same_view(context: template.Context, code: str) -> str:
    """Address of what is shown now in another language, for an address that is no page: /lv/meklet/?q=a -> /en/search/?q=a."""
    return translate_url(context["request"].get_full_path(), code)


@register.filter(name="address")
def address_filter(page: Page) -> str:
    """Path of a page."""
    return address(page)


@register.filter
def share_card(page: Page) -> str:
    """Path of the picture that stands for the page where it is shared."""
    return card_address(page)


@register.simple_tag(takes_context=True)
def structured_data(context: template.Context, f: Frame) -> SafeString:
    """What the page tells search engines (schema.org), and the way to it, as a block of data that no browser runs."""
    page = context.get("page")
    if not isinstance(page, Page) or not page.pk:
        return SafeString("")
    graph: list[dict[str, Any]] = []
    own = page.structured_data(url=f.canonical, base=f.base) if hasattr(page, "structured_data") else None
    if own:
        graph.append({"@id": f.canonical, "url": f.canonical} | {key: value for key, value in own.items() if value is not None})
    steps = [(entry.title, f.base + entry.url) for entry in f.trail] + [(page.title, f.canonical)]
    if len(steps) > 1:
        items = [
            {"@type": "ListItem", "position": place, "name": name, "item": url} for place, (name, url) in enumerate(steps, 1)
        ]
        graph.append({"@type": "BreadcrumbList", "itemListElement": items})
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    # What an editor wrote cannot end the element.
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return SafeString(f'<script type="application/ld+json">{safe}</script>')


@register.filter
def event_days(event: Any) -> SafeString:
    """Days of an event: one, or the first and the last, each as a `time` element."""
    day = '<time datetime="{}">{}</time>'
    first = format_html(day, event.starts_on.isoformat(), long_date(event.starts_on))
    if event.last_day == event.starts_on:
        return first
    return format_html("<span>{} – {}</span>", first, format_html(day, event.last_day.isoformat(), long_date(event.last_day)))


@register.simple_tag
def name_of(thing: Any) -> str:
    """Name of a region, municipality or office in the reader's language."""
    return str(thing.name_in(reader_language()))


@register.simple_tag
def hint_of(office: Any) -> str:
    """Hint of an office in the reader's language."""
    return str(office.hint_in(reader_language()))


@register.simple_tag
def place_of(institution: Any) -> str:
    """The municipality in which an institution lies today, in the reader's language."""
    return name_of(municipality_now(institution))


@register.simple_tag
def kind_of(institution: Any) -> str:
    """Kind of an institution in the reader's language."""
    return _kind_of(institution.kind, get_language())


@cache
def _kind_of(kind: str, _language: str | None) -> str:
    return str(capfirst(str(InstitutionKind(kind).label)))


@register.filter
def day(date: dt.date) -> SafeString:
    """A short date, as a `time` element: 01.09.2021; in English 1 Sep 2021, for in figures half its readers read January."""
    shown = f"{date.day} {date:%b %Y}" if reader_language() == "en" else f"{date:%d.%m.%Y}"
    return SafeString(f'<time datetime="{date.isoformat()}">{shown}</time>')


@register.filter
def versions_of(material: Any) -> Any:
    """Versions of a material with their files, the newest first; in a preview those that are not saved yet."""
    if _holds(material, "versions"):
        return material.versions.select_related("document").order_by("-date", "-pk")
    every = material.versions.model.objects
    of_material = partial(every.filter, material=Given("material"))
    return rows("versions", lambda: of_material().select_related("document").order_by("-date", "-pk"), material=material.pk)


@register.filter
def topics_of(page: Any) -> Any:
    """Topics of a page; in a preview those that are not saved yet."""
    if _holds(page, "topics"):
        return page.topics.all()
    related = type(page)._meta.get_field("topics").related_query_name()
    return rows(("topics", related), lambda: Topic.objects.filter(**{related: Given("page")}), page=page.pk)


def _holds(page: Any, name: str) -> bool:
    """Whether a page brings its own rows of a relation, as a preview does (django-modelcluster keeps them there)."""
    return name in getattr(page, "_cluster_related_objects", {})


@register.simple_tag
@cache
def asset(name: str) -> str:
    """Address of a static file. It stays the same while the process runs, and every page asks for eight."""
    return static(name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the site's signs, as SVG that assistive technology passes over."""
    return _icon(name)


@cache
def _icon(name: str) -> SafeString:
    return SafeString(render_to_string(f"components/icons/{name}.svg"))


@register.filter
def number(value: Decimal | int | float) -> str:
    """A number with the language's separators: 93 497 in Latvian, 93,497 in English."""
    return numbers.written(value, language=reader_language())


@register.filter
def long_date(date: dt.date) -> str:
    """A date in words: 2021. gada 6. augusts, 6 August 2021."""
    return date_format(date, "j F Y" if (get_language() or "").startswith("en") else "DATE_FORMAT")


@register.filter
def event_date(article: Any) -> SafeString:
    """Date of an article as exactly as its source tells it, inside a `time` element."""
    date: dt.date = article.date
    if article.date_precision == "year":
        machine, shown = f"{date:%Y}", gettext("%(year)s") % {"year": date.year}
    elif article.date_precision == "month":
        machine = f"{date:%Y-%m}"
        shown = gettext("%(month)s %(year)s") % {"month": MONTHS[date.month], "year": date.year}
    else:
        machine, shown = date.isoformat(), long_date(date)
    return format_html('<time datetime="{}">{}</time>', machine, shown)


@register.filter
def file_kind(document: Any) -> str:
    """Kind of a file as people call it: PDF, DOCX."""
    return str(document.file_extension).upper()


@register.filter
def file_size(document: Any) -> str:
    """Size of a file in the language's own writing."""
    return str(filesizeformat(document.file_size or 0))


@register.filter
def anchor(text: str) -> str:
    """Anchor of a heading: its words without diacritics."""
    return slugify(text) or "s"


@register.simple_tag
def picture(image: Any, operation: str, alt: str = "", **attributes: str) -> SafeString:
    """A picture as AVIF and WebP: `{% picture page.poster "fill-1120x630" alt="" fetchpriority="high" %}`."""
    return pictures.picture(image, operation, alt=alt, **attributes)


@register.simple_tag
def topic_name(topic: Any) -> str:
    """Name of a topic in the reader's language."""
    return str(topic.name_in(reader_language()))

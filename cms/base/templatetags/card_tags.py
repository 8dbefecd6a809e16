"""Cards and rows of lists, written in Python: a list repeats them, and a template is interpreted each time (docs/decisions/0187).

A page that is listed because it exists in no other language says so, and its words carry their language. Everything that
people wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from wagtail.models import Page

from cms.base.languages import address, language_code, reader_language
from cms.base.templatetags.site_tags import day, event_date, event_days, file_kind, file_size, icon, kind_of, name_of, place_of
from cms.files.pictures import CARD_POSTER, CARD_PREVIEW, picture

register = template.Library()


def _foreign(page: Page) -> str:
    """Language of a page that is not in the reader's; else empty."""
    own = language_code(page.locale_id)
    return "" if own == reader_language() else own


@register.simple_tag
def linked_title(page: Page) -> SafeString:
    """The title as a heading that leads to the page."""
    foreign, title, url = _foreign(page), escape(page.title), escape(address(page))
    if not foreign:
        return SafeString(f'<h3><a href="{url}">{title}</a></h3>')
    return SafeString(f'<h3 lang="{foreign}"><a href="{url}" hreflang="{foreign}">{title}</a></h3>')


@register.simple_tag
def summary_of(page: Page) -> SafeString:
    """The summary as a paragraph."""
    return SafeString(f"<p{lang_of(page)}>{escape(page.summary)}</p>")


@register.simple_tag
def lang_of(page: Page) -> SafeString:
    """The attribute that words of a page need in a list: ` lang="en"`, nothing in the reader's own language."""
    foreign = _foreign(page)
    return SafeString(f' lang="{foreign}"' if foreign else "")


@register.simple_tag
def only_badge(page: Page) -> SafeString:
    """That a page exists in the other language only."""
    foreign = _foreign(page)
    if not foreign:
        return SafeString("")
    return _badge(gettext("Only in Latvian") if foreign == "lv" else gettext("Only in English"), "language")


@register.simple_tag
def article_card(article: Any) -> SafeString:
    """An article with its date."""
    return _card("article", f"{event_date(article)}{only_badge(article)}", article)


@register.simple_tag
def event_card(event: Any) -> SafeString:
    """An event with its days, its kind and its place."""
    badge = ""
    if event.is_cancelled:
        badge = _badge(gettext("Cancelled"))
    elif event.is_example:
        badge = _badge(gettext("Example"))
    meta = f"{event_days(event)}<span>{_shown(event, 'kind')}</span>{badge}{only_badge(event)}"
    where = pgettext("where", "online") if event.is_online else escape(event.place)
    lang = "" if event.is_online else lang_of(event)
    return _card("event", meta, event, after=f'<p class="card-file"{lang}>{where}</p>')


@register.simple_tag
def episode_card(episode: Any) -> SafeString:
    """An episode, clip or story with its poster."""
    before, named, example = "", _shown(episode, "form"), gettext("Example")
    if episode.poster:
        drawn = picture(episode.poster, CARD_POSTER, alt="", loading="lazy")
        before = f'<div class="card-picture">{drawn}</div>'
    if episode.form == "episode":
        place = {"season": episode.season, "number": episode.number}
        named, example = gettext("Season %(season)s, episode %(number)s") % place, gettext("Example episode")
    meta = f"<span>{named}</span>{_badge(example) if episode.is_example else ''}{only_badge(episode)}"
    return _card("episode", meta, episode, before=before)


@register.simple_tag
def material_card(material: Any, chosen: Container[str] | None = None) -> SafeString:
    """A material with its file. With `chosen`, slugs, it can be ticked and shows the first page of the file."""
    before = after = ""
    document = material.document
    if chosen is not None:
        if document.preview:
            drawn = picture(document.preview, CARD_PREVIEW, alt="", loading="lazy")
            before = f'<div class="first-page">{drawn}</div>'
        after = _tick(material, is_chosen=material.slug in chosen)
    meta = f"<span>{_shown(material, 'kind')}</span><span>{material.year}</span>{only_badge(material)}"
    file = f"{escape(file_kind(document))}, {escape(file_size(document))}, {_shown(material, 'material_language')}"
    return _card("material", meta, material, before=before, after=f'<p class="card-file">{icon("file")} {file}</p>{after}')


def _tick(material: Any, *, is_chosen: bool) -> str:
    box = f'<input type="checkbox" name="m" value="{escape(material.slug)}" form="narrow"{" checked" if is_chosen else ""}>'
    words, hidden = gettext("Into one file with others"), f'<span class="hidden">: {escape(material.title)}</span>'
    return f'<p class="tick"><label>{box} {escape(words)}{hidden}</label></p>'


@register.simple_tag
def project_card(project: Any) -> SafeString:
    """A project of young people with its place and year."""
    place = f"<span>{escape(name_of(project.municipality))}</span>" if project.municipality else ""
    year = f"<span>{project.starts_on.year}</span>" if project.starts_on else ""
    example = _badge(gettext("Example")) if project.is_example else ""
    return _card("project", f"{place}{year}{example}{only_badge(project)}", project)


@register.simple_tag
def question_row(question: Any) -> SafeString:
    """A question with its code and the short answer."""
    words = f"{linked_title(question)}{summary_of(question)}{only_badge(question)}"
    return SafeString(f'<li><span class="code">{question.code}</span><div>{words}</div></li>')


@register.simple_tag
def institution_row(institution: Any, since: str) -> SafeString:
    """A row of the institutions: name, municipality of today, kind, and `since` when. Names are Latvian in both languages."""
    own = reader_language()
    abroad, name = own != "lv", escape(institution.name_lv)
    name_lang, badge_lang = (' lang="lv"', f' lang="{own}"') if abroad else ("", "")
    if institution.website:
        name = f'<a href="{escape(institution.website)}">{name}</a>'
    if institution.is_example and (abroad or "(paraugs)" not in institution.name_lv):
        name += f" {_badge(gettext('Example'), lang=badge_lang)}"
    place, kind = escape(place_of(institution)), escape(kind_of(institution))
    return SafeString(
        f'<tr><th scope="row"{name_lang}>{name}</th><td>{place}</td><td>{kind}</td>'
        f'<td class="nowrap" data-label="{escape(since)}">{day(institution.joined)}</td></tr>'
    )


@register.simple_tag
def pieces_of(pieces: Iterable[Any]) -> SafeString:
    """Words of a search result, those that were looked for marked."""
    return SafeString("".join(f"<mark>{escape(each.text)}</mark>" if each.found else escape(each.text) for each in pieces))


@register.simple_tag
def municipality_of(entry: Any, institutions_url: str) -> SafeString:
    """A municipality, with the way to its institutions where any takes part."""
    name = escape(name_of(entry.municipality))
    if not (entry.institutions and institutions_url):
        return SafeString(name)
    url = f"{escape(institutions_url)}?municipality={quote(entry.municipality.code, safe='/')}"
    return SafeString(f'<a href="{url}">{name} <span class="count">{entry.institutions}</span></a>')


def _card(kind: str, meta: str, page: Page, *, before: str = "", after: str = "") -> SafeString:
    """Lines of their own, as spaces between what stands in a row."""
    return SafeString(
        f'<article class="card card-{kind}">\n{before}<p class="card-meta">{meta}</p>\n'
        f"{linked_title(page)}\n{summary_of(page)}\n{after}</article>\n"
    )


def _badge(words: str, kind: str = "example", *, lang: str = "") -> SafeString:
    return SafeString(f'<span class="badge badge-{kind}"{lang}>{escape(words)}</span>')


def _shown(page: Model, name: str) -> str:
    """A choice in the reader's language. Django's own way asks for the words of every choice."""
    value = getattr(page, name)
    return escape(str(_labels(type(page), name).get(value, value)))


@cache
def _labels(model: type[Model], name: str) -> dict[str, Any]:
    return dict(model._meta.get_field(name).flatchoices)

"""`search(q)`: the site's own search as a connection."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import graphene
from django.conf import settings
from django.urls import reverse
from graphql_relay import cursor_to_offset, offset_to_cursor

from cms.base.languages import address_of
from cms.search.highlighting import Piece
from cms.search.query import LONGEST_QUERY
from cms.search.selectors import DEEPEST, Hit, find
from graphql_schema.content.enums import Locale
from graphql_schema.http.parameters import bad_request

_KINDS = {"newsarticlepage": "NewsArticle", "materialpage": "Material", "episodepage": "Episode"}


class SearchFile(graphene.ObjectType):
    """A file in which the words were found."""

    title = graphene.String(required=True, description="Title of the file.")
    url = graphene.String(required=True, description="Path of the file on this site.")
    language = graphene.Field(Locale, required=True, description="Language of the file.")


class SearchHit(graphene.ObjectType):
    """A page that was found."""

    id = graphene.ID(required=True, description="Id of the page, good for `page(id:)`.")
    page_type = graphene.String(required=True, description="Type of the page, as `page(id:)` gives it.")
    title = graphene.String(required=True, description="Title of the page.")
    title_html = graphene.String(required=True, description="The title as HTML, what was found in `mark`.")
    excerpt = graphene.String(required=True, description="The part of the text that fits best.")
    excerpt_html = graphene.String(required=True, description="The excerpt as HTML, what was found in `mark`.")
    url = graphene.String(required=True, description="Path of the page on this site.")
    language = graphene.Field(Locale, required=True, description="Language of the page.")
    updated_at = graphene.DateTime(description="When what is published last changed.")
    file = graphene.Field(SearchFile, description="The file the excerpt stands in; null for the page's own text.")

    @staticmethod
    def resolve_id(hit: Hit, info: Any) -> str:
        return f"page_{hit.translation_key.hex}_{hit.language}"

    @staticmethod
    def resolve_page_type(hit: Hit, info: Any) -> str:
        return _KINDS.get(hit.kind, "ContentPage")

    @staticmethod
    def resolve_title(hit: Hit, info: Any) -> str:
        return _text(hit.title)

    @staticmethod
    def resolve_title_html(hit: Hit, info: Any) -> str:
        return _html(hit.title)

    @staticmethod
    def resolve_excerpt(hit: Hit, info: Any) -> str:
        return _text(hit.excerpt)

    @staticmethod
    def resolve_excerpt_html(hit: Hit, info: Any) -> str:
        return _html(hit.excerpt)

    @staticmethod
    def resolve_url(hit: Hit, info: Any) -> str:
        return address_of(url_path=hit.url_path, locale_id=hit.locale_id)

    @staticmethod
    def resolve_updated_at(hit: Hit, info: Any) -> Any:
        return hit.changed

    @staticmethod
    def resolve_file(hit: Hit, info: Any) -> SearchFile | None:
        if hit.document_id is None:
            return None
        url = reverse("wagtaildocs_serve", args=[hit.document_id, hit.document_name])
        return SearchFile(title=_text(hit.document_title), url=url, language=hit.document_language)


class SearchEdge(graphene.ObjectType):
    """A page that was found, and its cursor."""

    node = graphene.Field(SearchHit, required=True, description="The page.")
    cursor = graphene.String(required=True, description="Cursor to go on from.")


class SearchConnection(graphene.ObjectType):
    """Pages that were found, best first."""

    edges = graphene.List(graphene.NonNull(SearchEdge), required=True, description="The pages of this part of the list.")
    page_info = graphene.Field(graphene.relay.PageInfo, required=True, description="Where this part stands in the list.")
    total_count = graphene.Int(required=True, description="How many pages were found in all.")
    understood_as = graphene.String(
        description="What was looked for instead, when a word stands nowhere and the nearest one was taken; else null."
    )


@dataclass(frozen=True)
class _Part:
    edges: list[SearchEdge]
    page_info: Any
    total_count: int
    understood_as: str | None


def search_field() -> graphene.Field:
    """The field of the query."""
    return graphene.Field(
        SearchConnection,
        required=True,
        description="Public pages that hold all words of a text in any form, in the page or in a PDF or DOCX file on it.",
        q=graphene.String(required=True, description=f"What is looked for; at most {LONGEST_QUERY} characters."),
        first=graphene.Int(default_value=10, description="Items from the start of the list, 1 to 100."),
        after=graphene.String(description="Cursor to go on from."),
        kind=graphene.String(description="Only this type of page: NewsArticle, Material or Episode."),
        language=graphene.Argument(Locale, description="Only pages in this language."),
        topic=graphene.String(description="Only pages with the topic of this code."),
        audience=graphene.String(description="Only pages for this audience, by its code."),
        locale=graphene.Argument(Locale, default_value=Locale.LV, description="Language of the reader: its pages come first."),
    )


def resolve_search(root: Any, info: Any, *, q: str, first: int, locale: Any, **arguments: Any) -> _Part:
    """A part of what was found. Raises Refusal for a size, cursor, text or kind out of the rules."""
    largest = settings.GRAPHQL_LIMITS["both"]["page"]
    if not 1 <= first <= largest:
        raise bad_request(f"A page has 1 to {largest} items.")
    if len(q) > LONGEST_QUERY:
        raise bad_request(f"A search text has at most {LONGEST_QUERY} characters.")
    offset = _offset(arguments.get("after"))
    found = find(q=q, language=_code(locale), chosen=_chosen(arguments), offset=offset, count=first)
    edges = [SearchEdge(node=hit, cursor=offset_to_cursor(offset + number)) for number, hit in enumerate(found.hits)]
    page_info = graphene.relay.PageInfo(
        has_next_page=offset + len(edges) < found.total,
        has_previous_page=offset > 0,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return _Part(edges, page_info, found.total, found.query.corrected_text if found.corrections else None)


def _offset(after: str | None) -> int:
    if after is None:
        return 0
    place = cursor_to_offset(after) if after.isascii() else None
    if place is None or not 0 <= place < DEEPEST:
        raise bad_request("The cursor is malformed.")
    return place + 1


def _chosen(arguments: dict[str, Any]) -> dict[str, str]:
    chosen = {name: str(arguments[name]) for name in ("topic", "audience") if arguments.get(name)}
    if arguments.get("language"):
        chosen["language"] = _code(arguments["language"])
    if arguments.get("kind"):
        models = {name: model for model, name in _KINDS.items()}
        if arguments["kind"] not in models:
            raise bad_request("There is no such kind of page.")
        chosen["kind"] = models[arguments["kind"]]
    return chosen


def _code(locale: Any) -> str:
    return str(getattr(locale, "value", locale))


def _text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _html(pieces: list[Piece]) -> str:
    return "".join(f"<mark>{escape(piece.text)}</mark>" if piece.found else escape(piece.text) for piece in pieces)

"""What all pages have, their ids, and how one is found."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import graphene
from django.db.models import QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat
from wagtail.models import Page

from cms.base.languages import address, language_code, locale_ids
from cms.base.selectors import published
from graphql_schema.content.bodies import BlockInterface, Part, body_of, html_of
from graphql_schema.content.enums import Locale
from graphql_schema.engine.loading import batch_of
from graphql_schema.http.parameters import bad_request

_ID = re.compile(r"page_([0-9a-f]{32})_([a-z]{2})")
_LONGEST_PATH = 1_000


def page_id(page: Page) -> str:
    """Id of a page: the same in every installation of the same content."""
    return f"page_{page.translation_key.hex}_{language_code(page.locale_id)}"


class Bilingual(graphene.ObjectType):
    """A row with a code and a name in both languages; a type of the schema describes whose code it is."""

    class Meta:
        abstract = True

    name = graphene.String(required=True, description="Name in Latvian.")
    name_en = graphene.String(description="Name in English, where there is one.")

    @staticmethod
    def resolve_name(row: Any, info: Any) -> str:
        return str(row.name_lv)

    @staticmethod
    def resolve_name_en(row: Any, info: Any) -> str | None:
        return row.name_en or None


class Topic(Bilingual):
    """A subject that articles, episodes and materials share."""

    code = graphene.String(required=True, description="Code of the topic.")


class Translation(graphene.ObjectType):
    """The same page in another language."""

    language = graphene.Field(Locale, required=True, description="Its language.")
    url = graphene.String(required=True, description="Its path on this site.")


class PageInterface(graphene.Interface):
    """A published page of the site."""

    class Meta:
        name = "Page"

    id = graphene.ID(required=True, description="Opaque id, good for `page(id:)`.")
    title = graphene.String(required=True, description="Title.")
    summary = graphene.String(required=True, description="One or two sentences.")
    url = graphene.String(required=True, description="Path on this site.")
    language = graphene.Field(Locale, required=True, description="Language of the page.")
    published_at = graphene.DateTime(description="When it was first published.")
    updated_at = graphene.DateTime(description="When what is published last changed.")
    translations = graphene.List(
        graphene.NonNull(Translation), required=True, description="The same page in other languages, where published."
    )
    body = graphene.List(graphene.NonNull(BlockInterface), required=True, description="The text, part by part.")
    body_html = graphene.String(required=True, description="The text as HTML; links and pictures are paths on this site.")

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> str:
        """Name of the type of a page."""
        from graphql_schema.content.types import TYPE_NAMES

        return TYPE_NAMES.get(type(instance), "ContentPage")

    @staticmethod
    def resolve_summary(row: Any, info: Any) -> str:
        return str(getattr(row, "summary", "") or row.search_description)

    @staticmethod
    def resolve_url(row: Any, info: Any) -> str:
        return address(row)

    @staticmethod
    def resolve_language(row: Any, info: Any) -> str:
        return language_code(row.locale_id)

    @staticmethod
    def resolve_published_at(row: Any, info: Any) -> Any:
        return row.first_published_at

    @staticmethod
    def resolve_updated_at(row: Any, info: Any) -> Any:
        return row.last_published_at

    @staticmethod
    def resolve_translations(row: Any, info: Any) -> list[Translation]:
        return _translations(row)

    @staticmethod
    def resolve_body(row: Any, info: Any) -> list[Part]:
        return body_of(row)

    @staticmethod
    def resolve_body_html(row: Any, info: Any) -> str:
        return html_of(row)


def _translations(row: Any) -> list[Translation]:
    """Published pages with the same key, read for all siblings at once."""
    batch = batch_of(row)

    def load() -> dict[UUID, list[Page]]:
        found: dict[UUID, list[Page]] = {}
        for other in published(Page.objects.filter(translation_key__in={page.translation_key for page in batch.rows})).order_by(
            "path"
        ):
            found.setdefault(other.translation_key, []).append(other)
        return found

    same: list[Page] = batch.once("translations", load).get(row.translation_key, [])
    return [Translation(language=language_code(other.locale_id), url=address(other)) for other in same if other.pk != row.pk]


def find_page(*, id: str | None = None, path: str | None = None) -> Page | None:
    """The published page of an id or a path; None when there is none. Raises Refusal unless exactly one is given."""
    if (id is None) == (path is None):
        raise bad_request("Give either path or id.")
    found: Any = _by_id(id) if id is not None else _by_path(path or "")
    readable: Any = published(found) if found is not None else None  # Wagtail's own queryset has no types
    page: Page | None = readable.first() if readable is not None else None
    return _whole(page) if page is not None else None


def _whole(page: Page) -> Page | None:
    """The page as its own type, with what that type's fields ask of other tables. One statement."""
    from graphql_schema.content.types import WITH_ALL

    model = page.specific_class
    if model is None:
        return None
    pages: Any = model.objects.all()
    also = WITH_ALL.get(model)
    found: Page | None = (also(pages) if also is not None else pages).filter(pk=page.pk).first()
    return found


def _by_id(value: str) -> QuerySet[Page] | None:
    match = _ID.fullmatch(value)
    locale = locale_ids().get(match[2]) if match else None
    return Page.objects.filter(translation_key=UUID(hex=match[1]), locale_id=locale) if match and locale else None


def _by_path(path: str) -> QuerySet[Page] | None:
    """`/lv/jaunumi/` -> the page below the first page of that language."""
    language, _, below = path.strip("/").partition("/")
    locale = locale_ids().get(language)
    if locale is None or len(path) > _LONGEST_PATH:
        return None
    home = Page.objects.filter(depth=2, locale_id=locale).order_by("path").values("url_path")[:1]
    whole = Concat(Subquery(home), Value(f"{below}/" if below else ""), output_field=TextField())
    pages: QuerySet[Page] = Page.objects.filter(locale_id=locale, url_path=whole)
    return pages

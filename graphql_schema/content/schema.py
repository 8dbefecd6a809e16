"""The schema of the content API, built once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import graphene
from graphql import GraphQLSchema, lexicographic_sort_schema, print_schema

from graphql_schema.content import bodies, filters, programme, types
from graphql_schema.content.connections import ContentField
from graphql_schema.content.enums import Locale
from graphql_schema.content.pages import PageInterface, find_page
from graphql_schema.content.search import resolve_search, search_field
from graphql_schema.content.site import Site, site_in
from graphql_schema.limits.budget import Prices


def _locale() -> Any:
    return graphene.Argument(
        Locale,
        default_value=Locale.LV,
        description="Language of the reader: pages in it, and those that exist only in another one.",
    )


class Query(graphene.ObjectType):
    """What the public site shows."""

    news_articles = ContentField(
        types.NewsArticle, filterset_class=filters.NewsFilters, locale=_locale(), description="Articles, newest first."
    )
    materials = ContentField(
        types.Material,
        filterset_class=filters.MaterialFilters,
        locale=_locale(),
        description="Materials to download, newest first.",
    )
    episodes = ContentField(
        types.Episode, filterset_class=filters.EpisodeFilters, locale=_locale(), description="Episodes of Klase in their order."
    )
    questions = ContentField(
        types.Question, filterset_class=filters.QuestionFilters, locale=_locale(), description="Questions by their codes."
    )
    events = ContentField(
        programme.Event, filterset_class=filters.EventFilters, locale=_locale(), description="Events by their day."
    )
    initiatives = ContentField(
        programme.Initiative,
        filterset_class=filters.InitiativeFilters,
        locale=_locale(),
        description="Projects of young people, the latest first.",
    )
    initiative_calls = ContentField(
        programme.InitiativeCall, filterset_class=filters.CallFilters, locale=_locale(), description="Calls, the newest first."
    )
    institutions = ContentField(
        programme.Institution,
        filterset_class=filters.InstitutionFilters,
        description="Institutions taking part on the business day, in Latvian alphabetical order.",
    )
    contacts = ContentField(
        programme.Contact, filterset_class=filters.ContactFilters, description="Offices that answer, in the order of the list."
    )
    figures = ContentField(
        programme.Figure, filterset_class=filters.FigureFilters, description="Published figures with their sources."
    )
    page = graphene.Field(
        PageInterface,
        path=graphene.String(description="Path on this site, such as /lv/jaunumi/. Give this or `id`."),
        id=graphene.ID(description="Id of the page. Give this or `path`."),
        description="One published page; null where there is none.",
    )
    search = search_field()
    site = graphene.Field(Site, locale=_locale(), description="The site in one language.")

    @staticmethod
    def resolve_news_articles(root: Any, info: Any, locale: str, **arguments: Any) -> Any:
        return types.articles(language=_code(locale))

    @staticmethod
    def resolve_materials(root: Any, info: Any, locale: str, **arguments: Any) -> Any:
        return types.materials(language=_code(locale))

    @staticmethod
    def resolve_episodes(root: Any, info: Any, locale: str, **arguments: Any) -> Any:
        return types.episodes(language=_code(locale))

    @staticmethod
    def resolve_questions(root: Any, info: Any, locale: str, **arguments: Any) -> Any:
        return types.questions(language=_code(locale))

    @staticmethod
    def resolve_events(root: Any, info: Any, locale: str, **arguments: Any) -> Any:
        return programme.events(language=_code(locale))

    @staticmethod
    def resolve_initiatives(root: Any, info: Any, locale: str, **arguments: Any) -> Any:
        return programme.initiatives(language=_code(locale))

    @staticmethod
    def resolve_initiative_calls(root: Any, info: Any, locale: str, **arguments: Any) -> Any:
        return programme.initiative_calls(language=_code(locale))

    @staticmethod
    def resolve_institutions(root: Any, info: Any, **arguments: Any) -> Any:
        return programme.institutions()

    @staticmethod
    def resolve_contacts(root: Any, info: Any, **arguments: Any) -> Any:
        return programme.contacts()

    @staticmethod
    def resolve_figures(root: Any, info: Any, **arguments: Any) -> Any:
        return programme.figures()

    @staticmethod
    def resolve_page(root: Any, info: Any, **arguments: Any) -> Any:
        return find_page(**arguments)

    @staticmethod
    def resolve_search(root: Any, info: Any, **arguments: Any) -> Any:
        return resolve_search(root, info, **arguments)

    @staticmethod
    def resolve_site(root: Any, info: Any, locale: str) -> Any:
        return site_in(language=_code(locale))


def _code(locale: Any) -> str:
    return str(getattr(locale, "value", locale))


_PAGES = (
    "Page", "NewsArticle", "Material", "Episode", "Question", "Event", "Initiative", "InitiativeCall", "ContentPage",
)  # fmt: skip

PRICES = Prices(
    points={f"{name}.{field}": 3 for name in _PAGES for field in ("body", "bodyHtml", "translations")}
    | {"Episode.transcriptHtml": 3, "Query.site": 10, "Query.search": 30},
    statements={
        f"Query.{name}": 2
        for name in (
            *("newsArticles", "materials", "episodes", "questions", "events", "initiatives", "initiativeCalls", "institutions"),
            *("contacts", "figures", "page", "site"),
        )
    }
    | {"Query.search": 6},
    reads={
        f"{page}.{field}": reading
        for page in _PAGES
        for field, reading in (
            ("body", "body"),
            ("bodyHtml", "body"),
            ("translations", "translations"),
            ("topics", "topics"),
            ("versions", "versions"),
            ("poster", "poster"),
            ("posterUrl", "poster"),
            ("evidence", "evidence"),
        )
    },
    readings={"body": 3, "translations": 1, "topics": 1, "versions": 1, "poster": 1, "evidence": 1},
    lengths={f"{name}.{field}": 3 for name in _PAGES for field in ("topics", "versions", "questions")}
    | {f"{name}.body": 12 for name in _PAGES}
    | {"Picture.renditions": 2, "FactsBlock.facts": 5, "StepsBlock.steps": 5, "GroupsBlock.groups": 4, "Group.points": 4},
)


@dataclass(frozen=True)
class ContentSchema:
    """The schema and what its fields cost."""

    graphene: graphene.Schema
    prices: Prices

    @property
    def core(self) -> GraphQLSchema:
        """The graphql-core schema under graphene's."""
        schema: GraphQLSchema = self.graphene.graphql_schema
        return schema

    def sdl(self) -> str:
        """The schema as text, in alphabetical order."""
        return print_schema(lexicographic_sort_schema(self.core)) + "\n"


_TYPES = [
    types.NewsArticle, types.Material, types.Episode, types.Question, types.ContentPage,
    programme.Event, programme.Initiative, programme.InitiativeCall, *dict.fromkeys(bodies.TYPES.values()),
]  # fmt: skip


@lru_cache(maxsize=1)
def content_schema() -> ContentSchema:
    """The schema."""
    schema = graphene.Schema(query=Query, types=_TYPES)
    return ContentSchema(graphene=schema, prices=PRICES)

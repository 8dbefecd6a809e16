"""Types of pages. Every field is written out: nothing of a model is public because it exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import graphene
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet
from django.urls import reverse
from graphene_django import DjangoObjectType
from wagtail.models import Page

from cms.base.languages import address
from cms.base.selectors import published, readable_in
from cms.events.models import EventPage
from cms.faq.models import QuestionPage
from cms.faq.selectors import questions_for
from cms.files.models import SiteImage
from cms.files.pictures import CARD_POSTER, at_once, drawn
from cms.klase.models import EpisodePage
from cms.materials.models import MaterialPage, MaterialVersion
from cms.news.models import NewsArticlePage
from cms.youth.models import CallPage, ProjectPage
from graphql_schema.content import enums
from graphql_schema.content.bodies import Picture
from graphql_schema.content.connections import ContentConnection
from graphql_schema.content.context import ContentContext
from graphql_schema.content.pages import PageInterface, Topic, page_id
from graphql_schema.engine.loading import batch_of

P = TypeVar("P", bound=Page)


def with_topics(pages: QuerySet[P]) -> QuerySet[P]:
    """Each page with the keys of its topics, in the same statement."""
    through = pages.model.topics.through
    column = f"{pages.model._meta.model_name}_id"
    annotated: QuerySet[P] = pages.annotate(
        topic_keys=ArraySubquery(through.objects.filter(**{column: OuterRef("pk")}).values("topic_id"))
    )
    return annotated


class Identified:
    """graphene-django would answer `id` with the number in our database."""

    @staticmethod
    def resolve_id(row: Any, info: Any) -> str:
        return page_id(row)


class WithTopics:
    """Pages with topics."""

    topics = graphene.List(graphene.NonNull(Topic), required=True, description="Topics of the page.")

    @staticmethod
    def resolve_topics(row: Any, info: Any) -> list[Any]:
        context: ContentContext = info.context
        keys = set(row.topic_keys) if hasattr(row, "topic_keys") else {topic.pk for topic in row.topics.all()}
        return [topic for key, topic in context.topics.items() if key in keys]


class Sourced:
    """Pages that name their source."""

    source_name = graphene.String(description="Where the facts come from.")
    source_url = graphene.String(description="Address of the source.")

    @staticmethod
    def resolve_source_name(row: Any, info: Any) -> str | None:
        return row.source_name or None

    @staticmethod
    def resolve_source_url(row: Any, info: Any) -> str | None:
        return row.source_url or None


class PageOptions:
    """Meta of every page type."""

    fields = ()
    interfaces = (PageInterface,)
    connection_class = ContentConnection
    use_connection = True
    convert_choices_to_enum = False


class NewsArticle(Identified, WithTopics, Sourced, DjangoObjectType):
    """An article of the news."""

    class Meta(PageOptions):
        model = NewsArticlePage

    date = graphene.Date(required=True, description="Day of what it tells, as exactly as `datePrecision` says.")
    date_precision = graphene.Field(enums.Precision, required=True, description="How exactly the day is known.")


class MaterialRelease(graphene.ObjectType):
    """One version of a material."""

    label = graphene.String(required=True, description="Name of the version.")
    date = graphene.Date(required=True, description="When it appeared.")
    changes = graphene.String(required=True, description="What changed.")


class PageLink(graphene.ObjectType):
    """A page that something leads to."""

    title = graphene.String(required=True, description="Title of the page.")
    url = graphene.String(required=True, description="Its path on this site.")


class Material(Identified, WithTopics, Sourced, DjangoObjectType):
    """A material to download."""

    class Meta(PageOptions):
        model = MaterialPage

    kind = graphene.Field(enums.MaterialKind, required=True, description="Kind of material.")
    audiences = graphene.List(graphene.NonNull(enums.MaterialAudience), required=True, description="For whom it is.")
    grade_from = graphene.Int(required=True, description="First grade it is for.")
    grade_to = graphene.Int(required=True, description="Last grade it is for.")
    material_language = graphene.Field(enums.MaterialLanguage, required=True, description="Language of the file.")
    year = graphene.Int(required=True, description="Year of the material.")
    licence = graphene.Field(enums.MaterialLicence, required=True, description="What others may do with it.")
    page_count = graphene.Int(description="Pages of the file.")
    evidence_note = graphene.String(description="What is known of its effect.")
    evidence = graphene.Field(PageLink, description="The page that shows its measured effect, where it is published.")
    download_url = graphene.String(required=True, description="Path of the file on this site.")
    file_type = graphene.String(required=True, description="Kind of file, such as pdf.")
    file_size = graphene.Int(description="Size of the file in bytes.")
    versions = graphene.List(graphene.NonNull(MaterialRelease), required=True, description="What changed, the newest first.")

    @staticmethod
    def resolve_evidence_note(row: Any, info: Any) -> str | None:
        return row.evidence_note or None

    @staticmethod
    def resolve_evidence(row: Any, info: Any) -> PageLink | None:
        batch = batch_of(row)

        def load() -> dict[int, Page]:
            keys = {page.evidence_page_id for page in batch.rows} - {None}
            return {page.pk: page for page in published(Page.objects.filter(pk__in=keys))} if keys else {}

        found: dict[int, Page] = batch.once("evidence", load)
        page = found.get(row.evidence_page_id)
        return PageLink(title=page.title, url=address(page)) if page is not None else None

    @staticmethod
    def resolve_download_url(row: Any, info: Any) -> str:
        return reverse("wagtaildocs_serve", args=[row.document_id, row.document.filename])

    @staticmethod
    def resolve_file_type(row: Any, info: Any) -> str:
        return str(row.document.file_extension)

    @staticmethod
    def resolve_file_size(row: Any, info: Any) -> int | None:
        size: int | None = row.document.file_size
        return size

    @staticmethod
    def resolve_versions(row: Any, info: Any) -> list[MaterialVersion]:
        batch = batch_of(row)

        def load() -> dict[int, list[MaterialVersion]]:
            found: dict[int, list[MaterialVersion]] = {}
            for version in MaterialVersion.objects.filter(material__in=[page.pk for page in batch.rows]).order_by("-date", "-pk"):
                found.setdefault(version.material_id, []).append(version)
            return found

        versions: list[MaterialVersion] = batch.once("versions", load).get(row.pk, [])
        return versions


class Episode(Identified, WithTopics, DjangoObjectType):
    """An episode of the series Klase."""

    class Meta(PageOptions):
        model = EpisodePage

    form = graphene.Field(enums.EpisodeForm, required=True, description="Whole episode, clip or story.")
    season = graphene.Int(required=True, description="Season.")
    number = graphene.Int(required=True, description="Number in its season.")
    is_example = graphene.Boolean(required=True, description="Whether it was made up to show what an episode page holds.")
    youtube_id = graphene.String(description="Id of the video; null where there is none.")
    spoken_language = graphene.Field(enums.Locale, required=True, description="Language that is spoken.")
    minutes = graphene.Int(description="Length in minutes.")
    has_captions = graphene.Boolean(required=True, description="Whether the video has captions.")
    guest_role = graphene.String(required=True, description="What the guest does.")
    story = graphene.String(description="The young person's story.")
    questions = graphene.List(graphene.NonNull(graphene.String), required=True, description="Questions to talk about in class.")
    transcript_html = graphene.String(required=True, description="What is said, as HTML.")
    poster = graphene.Field(Picture, description="The poster, 640 by 360.")
    poster_url = graphene.String(description="Path of the poster as WebP, 640 by 360.")

    @staticmethod
    def resolve_youtube_id(row: Any, info: Any) -> str | None:
        return row.youtube_id or None

    @staticmethod
    def resolve_story(row: Any, info: Any) -> str | None:
        return row.story or None

    @staticmethod
    def resolve_questions(row: Any, info: Any) -> list[str]:
        return [str(block.value) for block in row.questions]

    @staticmethod
    def resolve_transcript_html(row: Any, info: Any) -> str:
        return str(row.transcript.render_as_block()) if row.transcript else ""

    @staticmethod
    def resolve_poster(row: Any, info: Any) -> SiteImage | None:
        return _poster(row)

    @staticmethod
    def resolve_poster_url(row: Any, info: Any) -> str | None:
        image = _poster(row)
        found = drawn(image, CARD_POSTER) if image is not None else []
        return found[-1].url if found else None


def _poster(row: Any) -> SiteImage | None:
    """The poster with its renditions, read for all siblings at once."""
    batch = batch_of(row)

    def load() -> dict[int, SiteImage]:
        found = at_once((page.poster_id for page in batch.rows if page.poster_id), CARD_POSTER)
        for image in found.values():
            image.__dict__["operation"] = CARD_POSTER
        return found

    posters: dict[int, SiteImage] = batch.once("posters", load)
    return posters.get(row.poster_id)


class ContentPage(Identified, DjangoObjectType):
    """Any other page."""

    class Meta(PageOptions):
        model = Page

    @classmethod
    def is_type_of(cls, root: Any, info: Any) -> bool:
        """Whatever page has no type of its own."""
        return type(root) not in TYPE_NAMES


class Question(Identified, WithTopics, Sourced, DjangoObjectType):
    """A frequently asked question with its stable code."""

    class Meta(PageOptions):
        model = QuestionPage

    code = graphene.String(required=True, description="Code that people quote, such as IAP-01.")
    date = graphene.Date(description="When it was answered.")


TYPE_NAMES: dict[type[Model], str] = {
    NewsArticlePage: "NewsArticle",
    MaterialPage: "Material",
    EpisodePage: "Episode",
    QuestionPage: "Question",
    EventPage: "Event",
    CallPage: "InitiativeCall",
    ProjectPage: "Initiative",
}


def articles(*, language: str) -> QuerySet[NewsArticlePage]:
    """Articles offered to a reader of `language`, newest first."""
    return with_topics(readable_in(NewsArticlePage.objects.all(), language=language)).order_by("-date", "-pk")


def materials(*, language: str) -> QuerySet[MaterialPage]:
    """Materials offered to a reader of `language`, newest first, with their files."""
    pages = readable_in(MaterialPage.objects.all(), language=language).select_related("document")
    return with_topics(pages).order_by("-year", "title", "pk")


def episodes(*, language: str) -> QuerySet[EpisodePage]:
    """Episodes offered to a reader of `language`, in their order."""
    return with_topics(readable_in(EpisodePage.objects.all(), language=language)).order_by("season", "number", "pk")


def questions(*, language: str) -> QuerySet[QuestionPage]:
    """Questions offered to a reader of `language`, by their codes."""
    return with_topics(questions_for(language=language))


WITH_ALL: dict[type[Model], Callable[[QuerySet[Any]], QuerySet[Any]]] = {
    NewsArticlePage: with_topics,
    MaterialPage: lambda pages: with_topics(pages.select_related("document")),
    EpisodePage: with_topics,
    QuestionPage: with_topics,
    EventPage: lambda pages: with_topics(pages.select_related("region")),
    ProjectPage: lambda pages: with_topics(pages.select_related("municipality", "call")),
}
"""What the fields of a type ask of other tables, in the statement that reads the page."""

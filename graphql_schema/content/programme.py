"""What the programme does beside its pages: events, youth projects, institutions taking part, offices, published figures."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from graphene_django import DjangoObjectType

from backend.insight.statistics.models import PublishedFigure
from backend.registry.public import municipality_now, taking_part
from backend.territory.models import Institution as InstitutionRow
from cms.base.languages import address
from cms.base.selectors import readable_in
from cms.events.models import EventPage
from cms.places.models import ContactPoint
from cms.places.selectors import contacts as contact_rows
from cms.youth.models import CallPage, ProjectPage
from graphql_schema.content import enums
from graphql_schema.content.connections import ContentConnection
from graphql_schema.content.pages import Bilingual
from graphql_schema.content.types import Identified, PageOptions, Sourced, WithTopics, with_topics


class Place(Bilingual):
    """A region or municipality."""

    code = graphene.String(required=True, description="Its code.")


class Event(Identified, WithTopics, Sourced, DjangoObjectType):
    """A seminar, supervision, workshop, conference, programme or consultation day."""

    class Meta(PageOptions):
        model = EventPage

    kind = graphene.Field(enums.TrainingKind, required=True, description="Kind of event.")
    starts_on = graphene.Date(required=True, description="First day.")
    ends_on = graphene.Date(required=True, description="Last day; the first one where it lasts a day.")
    start_time = graphene.Time(description="When it begins, time of Latvia.")
    end_time = graphene.Time(description="When it ends, time of Latvia.")
    place = graphene.String(description="Where it is.")
    is_online = graphene.Boolean(required=True, description="Whether it is held online.")
    region = graphene.Field(Place, description="Region; null: the whole country.")
    for_whom = graphene.String(description="For whom it is.")
    places = graphene.Int(description="Number of places.")
    apply_by = graphene.Date(description="Last day to apply.")
    how_to_apply = graphene.String(description="How to apply.")
    is_cancelled = graphene.Boolean(required=True, description="Whether it was cancelled.")
    is_example = graphene.Boolean(required=True, description="Whether it was made up for the demonstration.")
    calendar_url = graphene.String(required=True, description="Path of the event as iCalendar.")

    @staticmethod
    def resolve_ends_on(row: Any, info: Any) -> Any:
        return row.last_day

    @staticmethod
    def resolve_place(row: Any, info: Any) -> str | None:
        return row.place or None

    @staticmethod
    def resolve_for_whom(row: Any, info: Any) -> str | None:
        return row.for_whom or None

    @staticmethod
    def resolve_how_to_apply(row: Any, info: Any) -> str | None:
        return row.how_to_apply or None

    @staticmethod
    def resolve_calendar_url(row: Any, info: Any) -> str:
        return str(row.calendar)


class InitiativeCall(Identified, Sourced, DjangoObjectType):
    """A call for youth projects."""

    class Meta(PageOptions):
        model = CallPage

    year = graphene.Int(required=True, description="Year.")
    state = graphene.Field(enums.InitiativeCallState, required=True, description="Where it stands on the business day.")
    opens_on = graphene.Date(description="First day on which projects are taken.")
    closes_on = graphene.Date(description="Last day on which projects are taken.")
    grant = graphene.String(description="Grant of a project in euro, two decimals.")
    municipality_count = graphene.Int(description="Municipalities that approved projects.")
    project_count = graphene.Int(description="Approved projects.")
    is_example = graphene.Boolean(required=True, description="Whether it was made up for the demonstration.")

    @staticmethod
    def resolve_state(row: Any, info: Any) -> str:
        return str(row.state.value)

    @staticmethod
    def resolve_grant(row: Any, info: Any) -> str | None:
        return None if row.grant is None else f"{row.grant:.2f}"


class CallReference(graphene.ObjectType):
    """The call under which a project was approved."""

    title = graphene.String(required=True, description="Title of the call.")
    url = graphene.String(required=True, description="Path of its page.")
    year = graphene.Int(required=True, description="Its year.")

    @staticmethod
    def resolve_url(row: Any, info: Any) -> str:
        return address(row)


class Initiative(Identified, WithTopics, Sourced, DjangoObjectType):
    """A project of young people, and what came of it."""

    class Meta(PageOptions):
        model = ProjectPage

    call = graphene.Field(CallReference, description="The call; null where it is not known.")
    municipality = graphene.Field(Place, description="Municipality.")
    organisation = graphene.String(description="Organisation that carried it out.")
    starts_on = graphene.Date(description="First day.")
    ends_on = graphene.Date(description="Last day.")
    months = graphene.Int(description="Length in months.")
    participants = graphene.Int(description="Young people who took part.")
    ages = graphene.String(description="Their ages.")
    is_example = graphene.Boolean(required=True, description="Whether it was made up for the demonstration.")

    @staticmethod
    def resolve_call(row: Any, info: Any) -> Any:
        return row.call if row.call and row.call.live else None

    @staticmethod
    def resolve_organisation(row: Any, info: Any) -> str | None:
        return row.organisation or None

    @staticmethod
    def resolve_ages(row: Any, info: Any) -> str | None:
        return row.ages or None


class _RowOptions:
    """Meta of what is no page."""

    fields = ()
    connection_class = ContentConnection
    use_connection = True
    convert_choices_to_enum = False


class _PublicId:
    id = graphene.ID(required=True, description="Opaque id.")

    @staticmethod
    def resolve_id(row: Any, info: Any) -> str:
        return str(row.public_id)


class Institution(_PublicId, DjangoObjectType):
    """An institution that takes part on the business day."""

    class Meta(_RowOptions):
        model = InstitutionRow

    code = graphene.String(required=True, description="Its code.")
    name = graphene.String(required=True, description="Name in Latvian.")
    kind = graphene.Field(enums.InstitutionKind, required=True, description="Kind of institution.")
    municipality = graphene.Field(Place, required=True, description="Municipality in which it lies on the business day.")
    region = graphene.Field(Place, required=True, description="Region of that municipality.")
    website = graphene.String(description="Its own site.")
    joined_on = graphene.Date(required=True, description="Day on which it joined.")
    is_example = graphene.Boolean(required=True, description="Whether it was made up for the demonstration.")

    @staticmethod
    def resolve_name(row: Any, info: Any) -> str:
        return str(row.name_lv)

    @staticmethod
    def resolve_municipality(row: Any, info: Any) -> Any:
        return municipality_now(row)

    @staticmethod
    def resolve_region(row: Any, info: Any) -> Any:
        return municipality_now(row).region

    @staticmethod
    def resolve_website(row: Any, info: Any) -> str | None:
        return row.website or None

    @staticmethod
    def resolve_joined_on(row: Any, info: Any) -> Any:
        return row.joined


class Contact(_PublicId, DjangoObjectType):
    """An office that answers. Never a person."""

    class Meta(_RowOptions):
        model = ContactPoint

    kind = graphene.Field(enums.ContactKind, required=True, description="What it may be asked about.")
    name = graphene.String(required=True, description="Name in Latvian.")
    name_en = graphene.String(description="Name in English, where there is one.")
    region = graphene.Field(Place, description="Region it answers for.")
    municipality = graphene.Field(Place, description="Municipality it answers for.")
    email = graphene.String(description="Address of the institution.")
    phone = graphene.String(description="Telephone of the institution.")
    address = graphene.String(description="Postal address.")
    hint = graphene.String(description="Hint in Latvian.")
    hint_en = graphene.String(description="Hint in English.")
    is_example = graphene.Boolean(required=True, description="Whether it was made up for the demonstration.")

    @staticmethod
    def resolve_name(row: Any, info: Any) -> str:
        return str(row.name_lv)

    @staticmethod
    def resolve_hint(row: Any, info: Any) -> str | None:
        return row.hint_lv or None


for _name in ("name_en", "email", "phone", "address", "hint_en"):
    setattr(Contact, f"resolve_{_name}", staticmethod(lambda row, info, name=_name: getattr(row, name) or None))


class Figure(_PublicId, DjangoObjectType):
    """One published figure, as its source gives it."""

    class Meta(_RowOptions):
        model = PublishedFigure

    indicator = graphene.String(required=True, description="Code of the indicator.")
    name = graphene.String(required=True, description="Name of the indicator in Latvian.")
    name_en = graphene.String(description="Name in English, where there is one.")
    period = graphene.String(required=True, description="Period or day it tells of.")
    comparator = graphene.Field(enums.FigureComparator, required=True, description="Exactly, about or more than.")
    value = graphene.String(required=True, description="The value, as exact as the source gives it.")
    unit = graphene.String(required=True, description="Unit.")
    status = graphene.Field(enums.FigureStatus, required=True, description="How sure it is.")
    note = graphene.String(description="What to know about it.")
    source = graphene.String(required=True, description="Who published it.")

    @staticmethod
    def resolve_indicator(row: Any, info: Any) -> str:
        return str(row.indicator.code)

    @staticmethod
    def resolve_name(row: Any, info: Any) -> str:
        return str(row.indicator.name_lv)

    @staticmethod
    def resolve_name_en(row: Any, info: Any) -> str | None:
        return row.indicator.name_en or None

    @staticmethod
    def resolve_value(row: Any, info: Any) -> str:
        return format(row.value.normalize(), "f")

    @staticmethod
    def resolve_status(row: Any, info: Any) -> str:
        return str(row.source_status)

    @staticmethod
    def resolve_note(row: Any, info: Any) -> str | None:
        return row.source_note or None


def events(*, language: str) -> QuerySet[EventPage]:
    """Events offered to a reader of `language`, by their day."""
    pages = readable_in(EventPage.objects.all(), language=language).annotate(last=Coalesce("ends_on", "starts_on"))
    return with_topics(pages).select_related("region").order_by("starts_on", "start_time", "pk")


def initiatives(*, language: str) -> QuerySet[ProjectPage]:
    """Projects offered to a reader of `language`, the latest first."""
    pages = with_topics(readable_in(ProjectPage.objects.all(), language=language)).select_related("municipality", "call")
    return pages.order_by(F("starts_on").desc(nulls_last=True), "-pk")


def initiative_calls(*, language: str) -> QuerySet[CallPage]:
    """Calls offered to a reader of `language`, the newest first."""
    return readable_in(CallPage.objects.all(), language=language).order_by("-year", "-opens_on", "-pk")


def institutions() -> QuerySet[InstitutionRow]:
    """Institutions taking part, in Latvian order."""
    return taking_part()


def contacts() -> QuerySet[ContactPoint]:
    """Offices in the order of the list."""
    return contact_rows()


def figures() -> QuerySet[PublishedFigure]:
    """Published figures in the order of the list."""
    return PublishedFigure.objects.select_related("indicator").order_by("position", "pk")

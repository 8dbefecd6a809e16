"""Filters of the content lists: an allow-list of conditions, by django-filter."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q, QuerySet
from django_filters import FilterSet
from graphene_django.filter import TypedFilter

from backend.core.clock import business_today
from backend.core.text import fold
from backend.insight.statistics.models import PublishedFigure
from backend.registry.public import in_place, named
from backend.territory.models import Institution
from cms.events.models import EventPage
from cms.faq.models import QuestionPage
from cms.klase.models import EpisodePage
from cms.materials.models import MaterialPage
from cms.news.models import NewsArticlePage
from cms.places.models import ContactPoint
from cms.youth.models import CallPage, ProjectPage
from graphql_schema.content import enums
from graphql_schema.http.parameters import bad_request

_LONGEST = 100


class _PageFilters(FilterSet):
    """Conditions that all pages know."""

    q = TypedFilter(
        input_type=graphene.String,
        method="search",
        label="Words in title or summary that must all occur; case and diacritics are forgiven.",
    )
    topic = TypedFilter(input_type=graphene.String, method="of_topic", label="Code of a topic.")

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word somewhere in title or summary."""
        if len(value) > _LONGEST:
            raise bad_request(f"A search text has at most {_LONGEST} characters.")
        for word in fold(value).split():
            rows = rows.filter(Q(title__unaccent__icontains=word) | Q(summary__unaccent__icontains=word))
        return rows

    def of_topic(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Pages that have the topic."""
        return rows.filter(pk__in=rows.model.objects.filter(topics__code=value).order_by().values("pk"))


class NewsFilters(_PageFilters):
    """Conditions on articles."""

    date_from = TypedFilter(input_type=graphene.Date, field_name="date", lookup_expr="gte", label="Of this day or later.")
    date_to = TypedFilter(input_type=graphene.Date, field_name="date", lookup_expr="lte", label="Of this day or earlier.")

    class Meta:
        model = NewsArticlePage
        fields: tuple[str, ...] = ()


class EpisodeFilters(_PageFilters):
    """Conditions on episodes."""

    form = TypedFilter(input_type=enums.EpisodeForm, field_name="form", label="Of this form.")
    season = TypedFilter(input_type=graphene.Int, field_name="season", label="Of this season.")

    class Meta:
        model = EpisodePage
        fields: tuple[str, ...] = ()


class MaterialFilters(_PageFilters):
    """Conditions on materials."""

    audience = TypedFilter(input_type=enums.MaterialAudience, method="for_audience", label="For these people.")
    grade = TypedFilter(input_type=graphene.Int, method="for_grade", label="For this grade, 1 to 12.")
    kind = TypedFilter(input_type=enums.MaterialKind, field_name="kind", label="Of this kind.")
    language = TypedFilter(
        input_type=enums.MaterialLanguage, field_name="material_language", label="With a file in this language."
    )

    class Meta:
        model = MaterialPage
        fields: tuple[str, ...] = ()

    def for_audience(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The audience is one of the material's."""
        return rows.filter(audiences__contains=[value])

    def for_grade(self, rows: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        """The grade lies between the material's first and last."""
        return rows.filter(grade_from__lte=value, grade_to__gte=value)


class QuestionFilters(_PageFilters):
    """Conditions on questions."""

    series = TypedFilter(input_type=graphene.String, field_name="series", label="Series: IAP or DLUV.")

    class Meta:
        model = QuestionPage
        fields: tuple[str, ...] = ()


class EventFilters(_PageFilters):
    """Conditions on events."""

    upcoming = TypedFilter(input_type=graphene.Boolean, method="by_time", label="Not over yet, or (false) over.")
    kind = TypedFilter(input_type=enums.TrainingKind, field_name="kind", label="Of this kind.")
    region = TypedFilter(
        input_type=graphene.String, method="of_region", label="In this region, by code, or in the whole country."
    )

    class Meta:
        model = EventPage
        fields: tuple[str, ...] = ()

    def by_time(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """By the business day; what is over comes the latest first."""
        if value:
            return rows.filter(last__gte=business_today())
        return rows.filter(last__lt=business_today()).order_by("-starts_on", "-pk")

    def of_region(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Events of the whole country belong to every region."""
        return rows.filter(Q(region__code=value) | Q(region=None))


class InitiativeFilters(_PageFilters):
    """Conditions on youth projects."""

    year = TypedFilter(input_type=graphene.Int, field_name="call__year", label="Of calls of this year.")
    municipality = TypedFilter(
        input_type=graphene.String, field_name="municipality__code", label="In this municipality, by code."
    )
    region = TypedFilter(input_type=graphene.String, field_name="municipality__region__code", label="In this region, by code.")

    class Meta:
        model = ProjectPage
        fields: tuple[str, ...] = ()


class CallFilters(FilterSet):
    """Conditions on calls."""

    year = TypedFilter(input_type=graphene.Int, field_name="year", label="Of this year.")

    class Meta:
        model = CallPage
        fields: tuple[str, ...] = ()


class InstitutionFilters(FilterSet):
    """Conditions on institutions."""

    q = TypedFilter(
        input_type=graphene.String,
        method="search",
        label="Words that name or municipality must hold; case and diacritics are forgiven.",
    )
    region = TypedFilter(input_type=graphene.String, method="in_region", label="In this region, by code.")
    municipality = TypedFilter(input_type=graphene.String, method="in_municipality", label="In this municipality, by code.")
    kind = TypedFilter(input_type=enums.InstitutionKind, field_name="kind", label="Of this kind.")

    class Meta:
        model = Institution
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word somewhere in the names."""
        if len(value) > _LONGEST:
            raise bad_request(f"A search text has at most {_LONGEST} characters.")
        return named(rows, words=value)

    def in_region(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By the division of the business day."""
        return in_place(rows, region=value)

    def in_municipality(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By the division of the business day."""
        return in_place(rows, municipality=value)


class ContactFilters(FilterSet):
    """Conditions on offices."""

    kind = TypedFilter(input_type=enums.ContactKind, field_name="kind", label="To be asked about this.")
    region = TypedFilter(
        input_type=graphene.String, method="of_region", label="Answering for this region or a place in it, by code."
    )
    municipality = TypedFilter(
        input_type=graphene.String, field_name="municipality__code", label="Of this municipality, by code."
    )

    class Meta:
        model = ContactPoint
        fields: tuple[str, ...] = ()

    def of_region(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The region's own office and those of its municipalities."""
        return rows.filter(Q(region__code=value) | Q(municipality__region__code=value))


class FigureFilters(FilterSet):
    """Conditions on figures."""

    indicator = TypedFilter(input_type=graphene.String, field_name="indicator__code", label="Of this indicator, by code.")
    period = TypedFilter(input_type=graphene.String, field_name="period", label="Of this period.")

    class Meta:
        model = PublishedFigure
        fields: tuple[str, ...] = ()

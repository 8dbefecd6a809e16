"""Filters of the content lists: an allow-list of conditions, by django-filter."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q, QuerySet
from django_filters import FilterSet
from graphene_django.filter import TypedFilter

from backend.core.text import fold
from cms.klase.models import EpisodePage
from cms.materials.models import MaterialPage
from cms.news.models import NewsArticlePage
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

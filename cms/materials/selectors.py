"""Materials that the public may download."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Coalesce

from backend.core.text import fold
from cms.base.selectors import asked, readable_in
from cms.materials.models import MaterialPage


@dataclass(frozen=True)
class FacetRow:
    """What the filter counts of one material."""

    slug: str
    title: str
    words: str
    audiences: tuple[str, ...]
    kind: str
    topics: tuple[str, ...]
    grades: range
    material_language: str
    year: int
    new_on: dt.date | None


def with_new_on(materials: QuerySet[MaterialPage]) -> QuerySet[MaterialPage]:
    """Each with `new_on`, the day of its latest version, or of its first publication where it has none."""
    first = Cast(F("first_published_at"), DateField())
    return materials.annotate(new_on=Coalesce(Max("versions__date"), first))


def materials_for(
    *,
    language: str,
    q: str = "",
    audience: str = "",
    kind: str = "",
    topic: str = "",
    grade: int | None = None,
    material_language: str = "",
    year: int | None = None,
    since: dt.date | None = None,
    slugs: Sequence[str] | None = None,
) -> QuerySet[MaterialPage]:
    """Materials a reader of `language` is offered and that fit every given criterion, newest first.

    Every word of `q` is looked for in title and summary, case and diacritics forgiven; `topic` is a topic's code; `grade`
    runs from 1 to 12; `since` asks for what is new from that day on.
    """
    materials = with_new_on(readable_in(MaterialPage.objects.all(), language=language))
    for word in fold(q).split():
        materials = materials.filter(Q(title__unaccent__icontains=word) | Q(summary__unaccent__icontains=word))
    if audience:
        materials = materials.filter(audiences__contains=[audience])
    if topic:
        materials = materials.filter(pk__in=MaterialPage.objects.filter(topics__code=topic).values("pk"))
    if grade:
        materials = materials.filter(grade_from__lte=grade, grade_to__gte=grade)
    if since:
        materials = materials.filter(new_on__gte=since)
    if slugs is not None:
        materials = materials.filter(slug__in=slugs)
    equal = {"kind": kind, "material_language": material_language, "year": year}
    materials = materials.filter(**{name: value for name, value in equal.items() if value})
    return materials.defer("body").select_related("document__preview").order_by("-year", "title", "pk")


def facet_rows(*, language: str) -> list[FacetRow]:
    """What the filter counts, of every material: one statement."""
    return [
        FacetRow(
            slug=row.slug,
            title=row.title,
            words=fold(f"{row.title} {row.summary}"),
            audiences=tuple(row.audiences),
            kind=row.kind,
            topics=tuple(row.codes),
            grades=range(row.grade_from, row.grade_to + 1),
            material_language=row.material_language,
            year=row.year,
            new_on=row.new_on,
        )
        for row in asked(("what the filter of materials counts", language), lambda: _counted(language))
    ]


def _counted(language: str) -> QuerySet[MaterialPage]:
    topics = MaterialPage.topics.through.objects.filter(materialpage_id=OuterRef("pk")).order_by().values("topic__code")
    rows = with_new_on(readable_in(MaterialPage.objects.all(), language=language)).annotate(codes=ArraySubquery(topics))
    return rows.only(
        *("slug", "title", "summary", "audiences", "kind", "grade_from", "grade_to", "material_language", "year", "path")
    )


def latest_materials(*, language: str, count: int) -> list[MaterialPage]:
    """The newest `count` of them, without the pictures of their first pages."""
    return asked(("latest materials", language, count), lambda: materials_for(language=language)[:count])

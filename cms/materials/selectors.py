"""Materials that the public may download."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cms.base.selectors import readable_in
from cms.materials.models import MaterialPage


def materials_for(
    *,
    language: str,
    q: str = "",
    audience: str = "",
    kind: str = "",
    topic: str = "",
    grade: int | None = None,
    material_language: str = "",
) -> QuerySet[MaterialPage]:
    """Materials a reader of `language` is offered and that fit every given criterion, newest first.

    `q` is looked for in title and summary, whatever its case; `topic` is a topic's code; `grade` runs from 1 to 12.
    """
    materials = readable_in(MaterialPage.objects.all(), language=language)
    if q:
        materials = materials.filter(Q(title__icontains=q) | Q(summary__icontains=q))
    if audience:
        materials = materials.filter(audiences__contains=[audience])
    if kind:
        materials = materials.filter(kind=kind)
    if topic:
        materials = materials.filter(topics__code=topic)
    if grade:
        materials = materials.filter(grade_from__lte=grade, grade_to__gte=grade)
    if material_language:
        materials = materials.filter(material_language=material_language)
    return materials.defer("body").select_related("document").order_by("-year", "title", "pk")


def latest_materials(*, language: str, count: int) -> list[MaterialPage]:
    """The newest `count` of them."""
    return list(materials_for(language=language)[:count])

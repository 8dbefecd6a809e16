"""What the public site may see of the figures: published series, never case rows."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.insight.statistics.models import Indicator, PublishedFigure


def indicators() -> QuerySet[Indicator]:
    """Indicators in the order of the reference list."""
    return Indicator.objects.order_by("position")


def published_figures(*, indicator_code: str = "", period: str = "") -> QuerySet[PublishedFigure]:
    """Figures as their sources give them, with their indicator, in the order of the reference list."""
    found = PublishedFigure.objects.select_related("indicator").order_by("position")
    if indicator_code:
        found = found.filter(indicator__code=indicator_code)
    return found.filter(period=period) if period else found

"""Questions that the public may read."""

from __future__ import annotations

from django.db.models import Case, QuerySet, Value, When

from cms.base.selectors import readable_in
from cms.faq.models import QuestionPage, Series


def questions_for(*, language: str) -> QuerySet[QuestionPage]:
    """Questions by series, in the order of their numbers."""
    order = Case(*[When(series=value, then=Value(place)) for place, value in enumerate(Series.values)], default=Value(99))
    return readable_in(QuestionPage.objects.all(), language=language).order_by(order, "number", "pk")

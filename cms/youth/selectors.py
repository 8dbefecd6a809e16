"""Calls and projects that the public may read."""

from __future__ import annotations

from django.db.models import F, QuerySet

from backend.core.database.statements import Given
from cms.base.selectors import CARD, asked, readable_in
from cms.youth.models import CallPage, ProjectPage


def calls_for(*, language: str) -> QuerySet[CallPage]:
    """Calls, the newest first, as a card shows them."""
    calls = readable_in(CallPage.objects.all(), language=language).only(*CARD, "year", "opens_on", "closes_on", "is_example")
    return calls.order_by("-year", "-opens_on", "-pk")


def projects_for(*, language: str) -> QuerySet[ProjectPage]:
    """Projects, the latest first, as a card shows them."""
    projects = readable_in(ProjectPage.objects.all(), language=language).only(*CARD, "starts_on", "is_example", "municipality")
    return projects.select_related("municipality").order_by(F("starts_on").desc(nulls_last=True), "-pk")


def projects_of(*, call: CallPage) -> list[ProjectPage]:
    """Projects of a call, whatever its language."""
    language, same = call.language, {"call__translation_key": Given("call")}
    return asked(
        ("projects of a call", language), lambda: projects_for(language=language).filter(**same), call=call.translation_key
    )

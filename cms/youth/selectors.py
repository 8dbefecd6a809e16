"""Calls and projects that the public may read."""

from __future__ import annotations

from django.db.models import F, QuerySet

from cms.base.selectors import readable_in
from cms.youth.models import CallPage, ProjectPage


def calls_for(*, language: str) -> QuerySet[CallPage]:
    """Calls, the newest first."""
    return readable_in(CallPage.objects.all(), language=language).defer("body").order_by("-year", "-opens_on", "-pk")


def projects_for(*, language: str, call: CallPage | None = None) -> QuerySet[ProjectPage]:
    """Projects, the latest first; with `call`, those of that call whatever its language."""
    projects = readable_in(ProjectPage.objects.all(), language=language)
    if call is not None:
        projects = projects.filter(call__translation_key=call.translation_key)
    return projects.defer("body").select_related("municipality", "call").order_by(F("starts_on").desc(nulls_last=True), "-pk")

"""Reads of what waits and of messages, inside the caller's scope."""

from __future__ import annotations

from django.db.models import F, QuerySet

from backend.accounts.scope import Scope
from backend.workspace.models import Message, WorkItem
from backend.workspace.policies import MESSAGES, WORK


def work_items(*, scope: Scope) -> QuerySet[WorkItem]:
    """What waits within reach, the most pressing first; what has no day comes last."""
    return WorkItem.objects.filter(WORK.visible(scope), ended_at=None).order_by(F("due_on").asc(nulls_last=True), "id")


def messages(*, scope: Scope) -> QuerySet[Message]:
    """The caller's messages, the latest first."""
    return Message.objects.filter(MESSAGES.visible(scope)).order_by("-sent_at", "id")

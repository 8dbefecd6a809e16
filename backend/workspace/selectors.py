"""Reads of messages, inside the caller's scope; what waits is read by `backend.workspace.queue`."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.workspace.models import Message
from backend.workspace.policies import MESSAGES


def messages(*, scope: Scope) -> QuerySet[Message]:
    """The caller's messages, the latest first."""
    return Message.objects.filter(MESSAGES.visible(scope)).order_by("-sent_at", "id")

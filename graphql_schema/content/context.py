"""What one content query has read already."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from cms.base.models import Topic


@dataclass
class ContentContext:
    """GraphQL context of the content API; nobody is signed in here."""

    @cached_property
    def topics(self) -> dict[UUID, Topic]:
        """All topics, read once an operation: they are few and many pages share them."""
        return {topic.pk: topic for topic in Topic.objects.all()}

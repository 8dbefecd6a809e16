"""Events: what happened, noted in the transaction in which it happened, for whoever is told of it later.

Rows hold keys alone, never contents: who is told reads the thing through the policy that holds for them then.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backend.core.classification import Purpose, Retention, internal, personal
from backend.core.clock import now
from backend.core.models import Entity


class OutboxEvent(Entity):
    """Something happened to one row. Keys are plain, as in the trail: a log outlives what it tells of."""

    tag = "evt"

    number = internal(models.BigIntegerField(unique=True, editable=False, null=True), retention=Retention.SHORT)
    """Order of writing, given by the database; a later number can become visible before an earlier one."""
    kind = internal(models.CharField(max_length=60, db_collation="C"), retention=Retention.SHORT)
    """As in `plan.approved`: the row's noun and what happened to it."""
    subject_tag = internal(models.CharField(max_length=8, db_collation="C"), retention=Retention.SHORT)
    subject_id = internal(models.UUIDField(), retention=Retention.SHORT)
    institution_id = internal(models.UUIDField(), retention=Retention.SHORT)
    """The institution that owns the row: who is told must reach it."""
    learner_id = personal(models.UUIDField(null=True, blank=True), purpose=Purpose.ADMINISTRATION, retention=Retention.SHORT)
    """Events of one learner are delivered in their order."""
    occurred_at = internal(models.DateTimeField(default=now), retention=Retention.SHORT)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["institution_id", "number"], name="event_by_institution"),
            models.Index(fields=["learner_id", "number"], name="event_by_learner", condition=Q(learner_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="event_kind_names_what", condition=Q(kind__regex=r"^[a-z_]+\.[a-z_]+$")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_tag}"

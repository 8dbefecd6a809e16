"""Restricted notes: words about a learner that not everybody in the institution may read."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.cases.plans.models.plan import SupportPlan
from backend.core.classification import Purpose, internal, personal, special
from backend.core.models import Entity, Versioned


class NoteKind(models.TextChoices):
    """What a note is about; shown to those who may not open it."""

    PSYCHOLOGICAL = "PSYCHOLOGICAL", _("psychologist's note")
    FAMILY = "FAMILY", _("family circumstances")
    HEALTH = "HEALTH", _("health")
    SAFETY = "SAFETY", _("safety of the child")
    OTHER = "OTHER", _("other")


class RestrictedNote(Entity, Versioned):
    """A note whose presence is shown and whose words take an act to read, which is logged (`services.open_note`).

    The words are encrypted under the learner's own key, so an erasure reaches every copy of them.
    """

    tag = "note"

    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="restricted_notes"), purpose=Purpose.SUPPORT
    )
    plan = internal(
        models.ForeignKey(SupportPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="restricted_notes")
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    kind = special(models.CharField(max_length=20, choices=NoteKind), purpose=Purpose.SUPPORT)
    author = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    body_cipher = special(models.BinaryField(null=True, blank=True, editable=False), purpose=Purpose.SUPPORT)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["institution", "learner"], name="note_by_institution")]

    def __str__(self) -> str:
        return self.public_id

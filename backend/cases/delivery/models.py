"""Consultations given."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal, special
from backend.core.database.ranges import LessonSpan
from backend.core.identifiers import uuid7
from backend.core.models import Entity, Versioned
from backend.registry.models import SpecialistRole

CONSULTATION_MINUTES = 40
"""With the learner; the other 20 of the hour are preparation (domain.md 3.1)."""


class Channel(models.TextChoices):
    IN_PERSON = "IN_PERSON", _("in person")
    REMOTE = "REMOTE", _("remote")


class Consultation(Entity, Versioned):
    """One row of the consultation sheet (KA veidlapa): one hour, 40 minutes with the learner and 20 of preparation.

    "2h" in one row is forbidden; several on one day are several rows (domain.md 3.1). The specialist's role is the
    measure's kind, held equal by the database. It counts once both sides confirmed it.
    """

    tag = "cons"

    measure = internal(models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="consultations"))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="consultations"), purpose=Purpose.SUPPORT
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    specialist_role = personal(models.CharField(max_length=40, choices=SpecialistRole), purpose=Purpose.SUPPORT)
    provider = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consultations"),
        purpose=Purpose.EVIDENCE,
    )
    held_on = personal(models.DateField(), purpose=Purpose.EVIDENCE)
    starts_at = personal(models.TimeField(), purpose=Purpose.EVIDENCE)
    """Ours: the sheet has only dates."""
    topic = special(models.CharField(max_length=500), purpose=Purpose.SUPPORT)
    channel = internal(models.CharField(max_length=20, choices=Channel, default=Channel.IN_PERSON))
    group_key = internal(models.UUIDField(default=uuid7, editable=False))
    """Equal in the rows of one group entry (an hour that several learners share); its own in every other row."""
    hours = internal(models.PositiveSmallIntegerField(default=1, editable=False))
    provider_confirmed_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    learner_confirmed_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["held_on", "starts_at", "id"]
        indexes = [
            models.Index(fields=["institution", "held_on"], name="consultation_by_institution"),
            models.Index(fields=["measure", "held_on", "starts_at"], name="consultation_by_measure"),
            models.Index(fields=["provider", "held_on"], name="consultation_by_provider"),
        ]
        constraints = [
            models.CheckConstraint(name="consultation_is_one_hour", condition=Q(hours=1)),
            # Nobody is in two places at once; the provider of a group entry is in one.
            ExclusionConstraint(
                name="consultation_provider_once",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    (LessonSpan("held_on", "starts_at", CONSULTATION_MINUTES), RangeOperators.OVERLAPS),
                    ("group_key", RangeOperators.NOT_EQUAL),
                ],
            ),
            ExclusionConstraint(
                name="consultation_learner_once",
                expressions=[
                    ("learner", RangeOperators.EQUAL),
                    (LessonSpan("held_on", "starts_at", CONSULTATION_MINUTES), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

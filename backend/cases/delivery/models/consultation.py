"""Consultations given."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal, special
from backend.core.database.ranges import LessonSpan
from backend.core.identifiers import uuid7
from backend.core.models import Entity, Versioned
from backend.registry.models import SpecialistRole

CONSULTATION_MINUTES = 40
"""With the learner; the other 20 of the hour are preparation (domain.md 3.1)."""
LATEST_START = dt.time(23, 60 - CONSULTATION_MINUTES)
"""An hour ends on the day on which it begins, so that two of them can only meet within one day."""


class Channel(models.TextChoices):
    IN_PERSON = "IN_PERSON", _("in person")
    REMOTE = "REMOTE", _("remote")


class LearnerConfirmation(models.TextChoices):
    """How the learner's side confirmed an hour (issue of case work; REM: the kind replaces the signature)."""

    ONE_TIME_CODE = "ONE_TIME_CODE", _("one-time code")
    SIGNED_SHEET = "SIGNED_SHEET", _("signature on the sheet")
    REMOTE_MESSAGE = "REMOTE_MESSAGE", _("message, as the director's order says")


class Consultation(Entity, Versioned):
    """One row of the consultation sheet (KA veidlapa): one hour, 40 minutes with the learner and 20 of preparation.

    "2h" in one row is forbidden; several on one day are several rows (domain.md 3.1). The specialist's role is the
    measure's kind, held equal by the database. It counts once both sides confirmed it.

    What a confirmed entry says never changes: a correction voids it and writes another that names it (the database holds to
    that). In a month that was submitted nothing changes at all.
    """

    tag = "cons"

    measure = internal(models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="consultations", db_index=False))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="consultations"), purpose=Purpose.SUPPORT
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    specialist_role = personal(models.CharField(max_length=40, choices=SpecialistRole), purpose=Purpose.SUPPORT)
    provider = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consultations", db_index=False),
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
    remote_order = internal(
        models.ForeignKey("delivery.RemoteOrder", on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"),
        purpose=Purpose.EVIDENCE,
    )
    remote_channel = internal(models.CharField(max_length=60, blank=True, db_default=""), purpose=Purpose.EVIDENCE)
    """The channel used, one of the order's."""
    provider_confirmed_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    learner_confirmed_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    learner_confirmed_by = internal(
        models.CharField(max_length=20, choices=LearnerConfirmation, blank=True, db_default=""), purpose=Purpose.EVIDENCE
    )
    """How the learner's side confirmed; empty in rows that were recorded before this was kept."""
    confirmation_code = internal(
        models.ForeignKey("delivery.ConfirmationCode", on_delete=models.PROTECT, null=True, blank=True, related_name="confirmed"),
        purpose=Purpose.EVIDENCE,
    )
    confirmation_file = internal(
        models.ForeignKey("casefiles.CaseFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    """The scanned signed sheet, or what the learner wrote."""
    corrects = internal(
        models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"),
        purpose=Purpose.EVIDENCE,
    )
    """The entry that this one stands for: voided, and visible as it was."""
    voided_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """When the entry was struck out. It counts nowhere from then on."""
    void_reason = personal(models.CharField(max_length=500, blank=True, db_default=""), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["held_on", "starts_at", "id"]
        indexes = [
            models.Index(fields=["institution", "held_on"], name="consultation_by_institution"),
            models.Index(fields=["measure", "held_on", "starts_at"], name="consultation_by_measure"),
            models.Index(fields=["provider", "held_on"], name="consultation_by_provider"),
            models.Index(
                fields=["institution", "held_on"],
                name="consultation_unconfirmed",
                condition=Q(voided_at=None) & (Q(provider_confirmed_at=None) | Q(learner_confirmed_at=None)),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="consultation_is_one_hour", condition=Q(hours=1)),
            models.CheckConstraint(
                name="consultation_within_its_day",
                condition=Q(starts_at__lte=LATEST_START),
                violation_error_message=_("An hour ends on the day on which it begins. Choose an earlier start."),
            ),
            models.CheckConstraint(
                name="consultation_order_is_for_remote",
                condition=Q(channel="REMOTE") | Q(remote_order__isnull=True, remote_channel=""),
                violation_error_message=_("Only a remote consultation has an order and a channel."),
            ),
            models.CheckConstraint(
                name="consultation_confirmed_by_something",
                condition=Q(learner_confirmed_by="", confirmation_code__isnull=True, confirmation_file__isnull=True)
                | Q(
                    learner_confirmed_at__isnull=False,
                    learner_confirmed_by="ONE_TIME_CODE",
                    confirmation_code__isnull=False,
                    confirmation_file__isnull=True,
                )
                | Q(
                    learner_confirmed_at__isnull=False,
                    learner_confirmed_by="SIGNED_SHEET",
                    confirmation_code__isnull=True,
                    confirmation_file__isnull=False,
                )
                | Q(
                    learner_confirmed_at__isnull=False,
                    learner_confirmed_by="REMOTE_MESSAGE",
                    channel="REMOTE",
                    confirmation_code__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="consultation_voided_with_reason",
                condition=Q(voided_at__isnull=True, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                violation_error_message=_("Striking an entry out needs a reason."),
            ),
            models.CheckConstraint(
                name="consultation_corrects_another", condition=Q(corrects__isnull=True) | ~Q(corrects=F("id"))
            ),
            models.UniqueConstraint(name="consultation_reference", fields=["id", "measure"]),
            # Nobody is in two places at once; the provider of a group entry is in one. Voided entries take no place.
            # The day stands beside the span, which hours that end within theirs allow: fewer spans have to be compared.
            ExclusionConstraint(
                name="consultation_provider_in_one_place",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    ("held_on", RangeOperators.EQUAL),
                    (LessonSpan("held_on", "starts_at", CONSULTATION_MINUTES), RangeOperators.OVERLAPS),
                    ("group_key", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(voided_at__isnull=True),
            ),
            ExclusionConstraint(
                name="consultation_learner_in_one_place",
                expressions=[
                    ("learner", RangeOperators.EQUAL),
                    ("held_on", RangeOperators.EQUAL),
                    (LessonSpan("held_on", "starts_at", CONSULTATION_MINUTES), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

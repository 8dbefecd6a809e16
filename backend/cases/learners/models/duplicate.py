"""Two records that may be one person: the pair, why it is thought so, what was decided, and how to undo it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.cases.learners.models.learner import Learner
from backend.core.classification import Purpose, internal, personal
from backend.core.clock import now
from backend.core.models import Entity, Versioned


class MatchBasis(models.TextChoices):
    """Which values of two records agree, and how."""

    PERSONAL_CODE = "PERSONAL_CODE", _("the same personal code")
    NAME = "NAME", _("the same name")
    NAME_FOLDED = "NAME_FOLDED", _("the same name but for diacritics")
    NAME_TRANSLITERATED = "NAME_TRANSLITERATED", _("the same name, written over from another alphabet")
    NAME_SWAPPED = "NAME_SWAPPED", _("given and family name swapped")
    NAME_NEAR = "NAME_NEAR", _("a name that differs by few letters")
    BIRTH_DATE = "BIRTH_DATE", _("the same birth date")
    BIRTH_DATE_NEAR = "BIRTH_DATE_NEAR", _("a birth date with day and month swapped or one digit off")


class DuplicateStatus(models.TextChoices):
    OPEN = "OPEN", _("to be decided")
    SAME_PERSON = "SAME_PERSON", _("one person: merged")
    DIFFERENT = "DIFFERENT", _("two persons")
    UNDONE = "UNDONE", _("the merge was undone")


class DuplicateDecision(models.TextChoices):
    """How a pair is decided."""

    SAME_PERSON = "SAME_PERSON", _("one person: merge the records")
    DIFFERENT = "DIFFERENT", _("two people: do not ask again")


class DuplicateCandidate(Entity, Versioned):
    """A pair of learners that may be one person, in the order of their keys.

    It is seen where both records are. A school that registers a code known elsewhere therefore sees nothing of the pair,
    works on with its own (provisional) record, and the pair waits. The database itself notes pairs with the same code.
    """

    tag = "dup"

    first = personal(
        models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="+", db_index=False), purpose=Purpose.SUPPORT
    )
    second = personal(
        models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="+", db_index=False), purpose=Purpose.SUPPORT
    )
    bases = personal(ArrayField(models.CharField(max_length=30, choices=MatchBasis)), purpose=Purpose.SUPPORT)
    """What explains the match: kinds of agreement, no values."""
    score = personal(models.DecimalField(max_digits=4, decimal_places=3), purpose=Purpose.SUPPORT)
    """0 to 1."""
    found_at = internal(models.DateTimeField(default=now))
    status = internal(models.CharField(max_length=20, choices=DuplicateStatus, default=DuplicateStatus.OPEN))
    kept = personal(
        models.ForeignKey(Learner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"), purpose=Purpose.SUPPORT
    )
    """The record that goes on, once merged."""
    decided_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    decided_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    decision_reason = personal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)
    undone_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    undone_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    undo_reason = personal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-score", "id"]
        indexes = [models.Index(fields=["second"], name="duplicate_by_second")]
        constraints = [
            models.CheckConstraint(name="duplicate_in_order", condition=Q(first__lt=F("second"))),
            models.UniqueConstraint(name="duplicate_once", fields=["first", "second"]),
            models.CheckConstraint(name="duplicate_score", condition=Q(score__range=(0, 1))),
            models.CheckConstraint(name="duplicate_is_explained", condition=~Q(bases=[])),
            models.CheckConstraint(
                name="duplicate_decided_with_status",
                condition=Q(status="OPEN", decided_at__isnull=True, decision_reason="")
                | (~Q(status="OPEN") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="duplicate_keeps_one_of_both",
                condition=Q(status__in=["OPEN", "DIFFERENT"], kept__isnull=True)
                | (Q(status__in=["SAME_PERSON", "UNDONE"], kept__isnull=False) & (Q(kept=F("first")) | Q(kept=F("second")))),
            ),
            models.CheckConstraint(
                name="duplicate_undone_with_status",
                condition=Q(status="UNDONE", undone_at__isnull=False) | (~Q(status="UNDONE") & Q(undone_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class MergedRow(Entity):
    """A row that a merge gave from one record to the other, so that undoing gives exactly it back. Added, never changed."""

    tag = "mrow"

    candidate = internal(models.ForeignKey(DuplicateCandidate, on_delete=models.PROTECT, related_name="moved", db_index=False))
    model = internal(models.CharField(max_length=60))
    """Label of the row's model in small letters, as in `plans.supportplan`."""
    row = internal(models.UUIDField())
    moved_from = personal(models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE)
    before = personal(models.JSONField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """Keys that the row held instead, by column, where an enrolment of the kept record took the place of its own."""
    moved_at = internal(models.DateTimeField(default=now), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["moved_at", "id"]
        constraints = [models.UniqueConstraint(name="merged_row_once", fields=["candidate", "model", "row"])]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"

"""Claims for reimbursed costs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal
from backend.core.models import Entity, Versioned
from backend.core.money import EuroField
from backend.registry.models import ReimbursementKind


class ClaimStatus(models.TextChoices):
    CLAIMED = "CLAIMED", _("claimed")
    APPROVED = "APPROVED", _("approved")
    REJECTED = "REJECTED", _("rejected")
    PAID = "PAID", _("paid")


SETTLED = (ClaimStatus.APPROVED, ClaimStatus.PAID)
"""Statuses whose amounts count as money spent."""


class AmountBasis(models.TextChoices):
    """Whether the amount is what was claimed, or only supposed for the demonstration."""

    REPORTED = "REPORTED", _("as reported")
    ASSUMED = "ASSUMED", _("assumed for the demonstration")


class ReimbursementClaim(Entity, Versioned):
    """A cost of one learner for one month under a measure (kompensācijas pieteikums).

    Nothing is deleted: a reversal is a claim of its own with a negative amount that names the one it takes back, so the
    sum over approved and paid claims is the amount net of reversals.
    """

    tag = "clm"

    measure = internal(models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="claims"))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="claims"), purpose=Purpose.SETTLEMENT
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    kind = personal(models.CharField(max_length=40, choices=ReimbursementKind), purpose=Purpose.SETTLEMENT)
    period = internal(models.DateField(), purpose=Purpose.SETTLEMENT)
    """First day of the month that the cost belongs to."""
    amount = personal(EuroField(), purpose=Purpose.SETTLEMENT)
    amount_basis = internal(
        models.CharField(max_length=10, choices=AmountBasis, default=AmountBasis.REPORTED), purpose=Purpose.SETTLEMENT
    )
    basis_note = internal(models.CharField(max_length=300, blank=True), purpose=Purpose.SETTLEMENT)
    status = internal(
        models.CharField(max_length=20, choices=ClaimStatus, default=ClaimStatus.CLAIMED), purpose=Purpose.SETTLEMENT
    )
    reverses = internal(
        models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversals"),
        purpose=Purpose.SETTLEMENT,
    )
    decided_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    paid_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["period", "id"]
        indexes = [
            models.Index(fields=["institution", "period"], name="claim_by_institution"),
            models.Index(fields=["measure", "period"], name="claim_by_measure"),
        ]
        constraints = [
            models.CheckConstraint(name="claim_period_is_a_month", condition=Q(period__day=1)),
            models.CheckConstraint(
                name="claim_sign",
                condition=Q(reverses__isnull=True, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                violation_error_message=_("A claim is positive; only a reversal is negative."),
            ),
            models.CheckConstraint(
                name="claim_decided_with_status",
                condition=Q(status="CLAIMED", decided_at__isnull=True) | (~Q(status="CLAIMED") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="claim_paid_with_status",
                condition=Q(status="PAID", paid_at__isnull=False) | (~Q(status="PAID") & Q(paid_at__isnull=True)),
            ),
            models.CheckConstraint(name="claim_assumed_says_so", condition=~Q(amount_basis="ASSUMED") | ~Q(basis_note="")),
            models.UniqueConstraint(name="claim_reference", fields=["id", "measure"]),
        ]

    def __str__(self) -> str:
        return self.public_id

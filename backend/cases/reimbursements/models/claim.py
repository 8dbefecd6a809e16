"""Claims for reimbursed costs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal
from backend.core.clock import now
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
    sum over approved and paid claims is the amount net of reversals. A claim can be taken back in parts, never beyond its
    amount: the database adds them up (docs/decisions/0114-taken-back-in-parts.md).
    """

    tag = "clm"

    measure = internal(models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="claims", db_index=False))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="claims"), purpose=Purpose.SETTLEMENT
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
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
    claimed_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    approvals_needed = internal(models.PositiveSmallIntegerField(default=1, db_default=1), purpose=Purpose.SETTLEMENT)
    """People who must approve it, by the tier of its amount that was in force when it was claimed."""
    decided_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    paid_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["period", "id"]
        indexes = [
            models.Index(fields=["institution", "period"], name="claim_by_institution"),
            models.Index(fields=["measure", "period"], name="claim_by_measure"),
            models.Index(fields=["status"], name="claim_on_its_way", condition=Q(status__in=["CLAIMED", "APPROVED"])),
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
            models.UniqueConstraint(name="claim_owner_reference", fields=["id", "institution"]),
            models.UniqueConstraint(name="claim_learner_reference", fields=["id", "learner", "institution"]),
            models.CheckConstraint(name="claim_approvals_needed", condition=Q(approvals_needed__range=(1, 3))),
        ]

    def __str__(self) -> str:
        return self.public_id


class ClaimItem(Entity, Versioned):
    """One cost of a claim with its proof (attaisnojuma dokuments).

    `fingerprint` is a keyed hash (`backend.core.vault.blind_index`, field "cost") of what makes the cost this one and no
    other: whose it is, the seller, the document's number, the day, the kind and the amount. Among live items it is unique
    in the whole country, so the same cost claimed twice is refused anywhere and nothing of the other claim is shown. One
    document that proves many learners' costs gives each a fingerprint of its own.
    """

    tag = "citem"

    claim = internal(models.ForeignKey(ReimbursementClaim, on_delete=models.PROTECT, related_name="items", db_index=False))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SETTLEMENT
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    incurred_on = personal(models.DateField(), purpose=Purpose.SETTLEMENT)
    description = personal(models.CharField(max_length=300, blank=True), purpose=Purpose.SETTLEMENT)
    document_number = personal(models.CharField(max_length=100, blank=True), purpose=Purpose.EVIDENCE)
    seller = personal(models.CharField(max_length=200, blank=True), purpose=Purpose.EVIDENCE)
    tariff = internal(
        models.ForeignKey("registry.Tariff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SETTLEMENT,
    )
    """The version that held on the day; empty where none did."""
    units = personal(models.DecimalField(max_digits=9, decimal_places=3, default=1), purpose=Purpose.SETTLEMENT)
    amount = personal(EuroField(), purpose=Purpose.SETTLEMENT)
    proof = internal(
        models.ForeignKey("casefiles.CaseFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    fingerprint = internal(models.CharField(max_length=80, db_collation="C", editable=False), purpose=Purpose.EVIDENCE)
    is_live = internal(models.BooleanField(default=True))
    """Whether the cost is claimed: not rejected, not reversed. Kept by the database from the claim's status."""

    class Meta:
        ordering = ["incurred_on", "id"]
        indexes = [models.Index(fields=["claim"], name="claim_item_by_claim")]
        constraints = [
            models.CheckConstraint(name="claim_item_positive", condition=Q(amount__gt=0, units__gt=0)),
            models.CheckConstraint(name="claim_item_fingerprint", condition=~Q(fingerprint="")),
            models.UniqueConstraint(
                name="claim_cost_once",
                fields=["fingerprint"],
                condition=Q(is_live=True),
                violation_error_message=_("This cost has been claimed."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Verdict(models.TextChoices):
    APPROVED = "APPROVED", _("approved")
    REJECTED = "REJECTED", _("rejected")


class ClaimDecision(Entity):
    """One person's decision on a claim. Where the amount needs two, two persons decide. Rows are added, never changed."""

    tag = "cdec"

    claim = internal(models.ForeignKey(ReimbursementClaim, on_delete=models.PROTECT, related_name="decisions", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    verdict = internal(models.CharField(max_length=10, choices=Verdict))
    actor = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )
    at = internal(models.DateTimeField(default=now), purpose=Purpose.EVIDENCE)
    reason = personal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(name="claim_decided_once_by_each", fields=["claim", "actor"]),
            models.CheckConstraint(name="claim_rejected_with_reason", condition=Q(verdict="APPROVED") | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.at:%Y-%m-%d}"

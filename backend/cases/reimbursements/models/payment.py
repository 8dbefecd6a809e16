"""Paying partners: a batch for a partner and month, with an item for each claim or month of hours."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.cases.reimbursements.models.claim import ReimbursementClaim
from backend.core.classification import Purpose, internal, personal
from backend.core.models import Entity, Versioned
from backend.core.money import EuroField


class BatchStatus(models.TextChoices):
    PREPARED = "PREPARED", pgettext_lazy("payment batch", "prepared")
    SENT = "SENT", pgettext_lazy("payment batch", "sent to the bank")
    PAID = "PAID", pgettext_lazy("payment batch", "paid")
    CANCELLED = "CANCELLED", pgettext_lazy("payment batch", "cancelled")


class PaymentBatch(Entity, Versioned):
    """A payment of the agency to a partner for a month (maksājuma uzdevums), written as ISO 20022 pain.001."""

    tag = "pbat"

    agreement = internal(
        models.ForeignKey("registry.CooperationAgreement", on_delete=models.PROTECT, related_name="batches", db_index=False)
    )
    account = internal(models.ForeignKey("registry.PartnerAccount", on_delete=models.PROTECT, related_name="+"))
    month = internal(models.DateField(), purpose=Purpose.SETTLEMENT)
    """Its first day."""
    sequence = internal(models.PositiveSmallIntegerField(default=1))
    message_id = internal(models.CharField(max_length=35, unique=True, db_collation="C"), purpose=Purpose.SETTLEMENT)
    """MsgId of the message."""
    total = internal(EuroField(), purpose=Purpose.SETTLEMENT)
    """Sum of its items, held equal by the database at commit."""
    status = internal(models.CharField(max_length=20, choices=BatchStatus, default=BatchStatus.PREPARED))
    prepared_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    sent_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    paid_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    cancelled_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    bank_reference = internal(models.CharField(max_length=35, blank=True, db_default=""), purpose=Purpose.EVIDENCE)
    """The bank's own, as its statement names the payment."""
    file_sha256 = internal(models.CharField(max_length=64, blank=True, db_collation="C"), purpose=Purpose.EVIDENCE)
    """Of the message to the bank, from when it is made."""

    class Meta:
        ordering = ["-month", "sequence"]
        constraints = [
            models.CheckConstraint(name="batch_is_of_a_month", condition=Q(month__day=1)),
            models.CheckConstraint(name="batch_total_positive", condition=Q(total__gt=0)),
            models.UniqueConstraint(name="batch_sequence", fields=["agreement", "month", "sequence"]),
            models.CheckConstraint(
                name="batch_moments_with_status",
                condition=Q(status="PREPARED", sent_at__isnull=True, paid_at__isnull=True, cancelled_at__isnull=True)
                | Q(status="SENT", sent_at__isnull=False, paid_at__isnull=True, cancelled_at__isnull=True)
                | Q(status="PAID", sent_at__isnull=False, paid_at__isnull=False, cancelled_at__isnull=True)
                | Q(status="CANCELLED", paid_at__isnull=True, cancelled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class ItemStatus(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("payment", "to be paid")
    PAID = "PAID", pgettext_lazy("payment", "paid")
    RETURNED = "RETURNED", pgettext_lazy("payment", "returned by the bank")
    CANCELLED = "CANCELLED", pgettext_lazy("payment", "cancelled")


class PaymentItem(Entity, Versioned):
    """What a batch pays for: one claim, or the hours of one institution's submitted month.

    The amount is the claim's: a reversal's is negative and lessens what the partner is paid.
    """

    tag = "pitem"

    batch = internal(models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="items"))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    claim = internal(
        models.ForeignKey(ReimbursementClaim, on_delete=models.PROTECT, null=True, blank=True, related_name="payments")
    )
    submission = internal(
        models.ForeignKey("delivery.MonthSubmission", on_delete=models.PROTECT, null=True, blank=True, related_name="payments")
    )
    amount = internal(EuroField(), purpose=Purpose.SETTLEMENT)
    status = internal(models.CharField(max_length=20, choices=ItemStatus, default=ItemStatus.OPEN))
    paid_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    returned_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    return_reason = internal(models.CharField(max_length=200, blank=True), purpose=Purpose.EVIDENCE)
    """As the bank words it."""

    class Meta:
        ordering = ["batch", "id"]
        indexes = [models.Index(fields=["institution", "batch"], name="payment_by_institution")]
        constraints = [
            models.CheckConstraint(
                name="payment_pays_one_thing",
                condition=Q(claim__isnull=False, submission__isnull=True) | Q(claim__isnull=True, submission__isnull=False),
            ),
            models.CheckConstraint(name="payment_of_something", condition=Q(amount__gt=0) | Q(amount__lt=0, claim__isnull=False)),
            models.CheckConstraint(
                name="payment_moments_with_status",
                condition=Q(status__in=["OPEN", "CANCELLED"], paid_at__isnull=True, returned_at__isnull=True, return_reason="")
                | Q(status="PAID", paid_at__isnull=False, returned_at__isnull=True, return_reason="")
                | (Q(status="RETURNED", paid_at__isnull=False, returned_at__isnull=False) & ~Q(return_reason="")),
            ),
            models.UniqueConstraint(
                name="payment_of_claim_once",
                fields=["claim"],
                condition=Q(claim__isnull=False, status__in=["OPEN", "PAID"]),
                violation_error_message=_("The claim is paid in a batch already."),
            ),
            models.UniqueConstraint(
                name="payment_of_month_once",
                fields=["submission"],
                condition=Q(submission__isnull=False, status__in=["OPEN", "PAID"]),
                violation_error_message=_("The month's hours are paid in a batch already."),
            ),
            models.UniqueConstraint(name="payment_reference", fields=["id", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id

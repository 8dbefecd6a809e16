"""The ledger: double entry, append-only, balanced by the database at commit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.cases.reimbursements.models.claim import ReimbursementClaim
from backend.cases.reimbursements.models.payment import PaymentItem
from backend.core.classification import Purpose, internal
from backend.core.clock import now
from backend.core.models import Entity
from backend.core.money import EuroField


class EntryKind(models.TextChoices):
    CLAIM_APPROVED = "CLAIM_APPROVED", _("claim approved")
    HOURS_APPROVED = "HOURS_APPROVED", _("month of hours approved")
    PAYMENT = "PAYMENT", pgettext_lazy("ledger", "payment")
    PAYMENT_RETURNED = "PAYMENT_RETURNED", _("payment returned")
    REVERSAL = "REVERSAL", _("reversal")


class LedgerEntry(Entity):
    """One event in money, of one institution. Never changed or deleted: a reversal is an entry that names the other."""

    tag = "le"

    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    agreement = internal(models.ForeignKey("registry.CooperationAgreement", on_delete=models.PROTECT, related_name="+"))
    """The partner towards whom it is owed."""
    kind = internal(models.CharField(max_length=20, choices=EntryKind))
    booked_on = internal(models.DateField(), purpose=Purpose.SETTLEMENT)
    """Business date of the event."""
    recorded_at = internal(models.DateTimeField(default=now), purpose=Purpose.EVIDENCE)
    claim = internal(
        models.ForeignKey(ReimbursementClaim, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"),
        purpose=Purpose.SETTLEMENT,
    )
    submission = internal(
        models.ForeignKey(
            "delivery.MonthSubmission", on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
        ),
        purpose=Purpose.SETTLEMENT,
    )
    payment = internal(
        models.ForeignKey(PaymentItem, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"),
        purpose=Purpose.SETTLEMENT,
    )
    reverses = internal(
        models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"),
        purpose=Purpose.SETTLEMENT,
    )
    """The approval that it takes back, in all or in part."""

    class Meta:
        ordering = ["-booked_on", "id"]
        indexes = [
            models.Index(fields=["institution", "booked_on"], name="ledger_by_institution"),
            models.Index(fields=["claim"], name="ledger_by_claim", condition=Q(claim__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="ledger_entry_names_its_cause",
                condition=Q(kind="CLAIM_APPROVED", claim__isnull=False, submission=None, payment=None, reverses=None)
                | Q(kind="HOURS_APPROVED", claim=None, submission__isnull=False, payment=None, reverses=None)
                | Q(kind__in=["PAYMENT", "PAYMENT_RETURNED"], payment__isnull=False, reverses=None)
                | Q(kind="REVERSAL", reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_entry_reverses_another", condition=Q(reverses__isnull=True) | ~Q(reverses=F("id"))
            ),
            models.UniqueConstraint(name="ledger_claim_approved_once", fields=["claim"], condition=Q(kind="CLAIM_APPROVED")),
            models.UniqueConstraint(name="ledger_claim_reversal_once", fields=["claim"], condition=Q(kind="REVERSAL")),
            models.UniqueConstraint(name="ledger_hours_approved_once", fields=["submission"], condition=Q(kind="HOURS_APPROVED")),
            models.UniqueConstraint(
                name="ledger_payment_once", fields=["payment", "kind"], condition=Q(kind__in=["PAYMENT", "PAYMENT_RETURNED"])
            ),
            models.UniqueConstraint(name="ledger_entry_reference", fields=["id", "institution"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.booked_on}"


class LedgerPosting(Entity):
    """One line of an entry: debit or credit of an account, with the funding source that bears it where it is split.

    The lines of an entry balance: the database checks at commit, whoever writes.
    """

    tag = "lpost"

    entry = internal(models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="postings", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    line = internal(models.PositiveSmallIntegerField())
    account = internal(models.ForeignKey("registry.LedgerAccount", on_delete=models.PROTECT, related_name="postings"))
    debit = internal(EuroField(default=0), purpose=Purpose.SETTLEMENT)
    credit = internal(EuroField(default=0), purpose=Purpose.SETTLEMENT)
    funding_source = internal(
        models.ForeignKey("territory.FundingSource", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SETTLEMENT,
    )

    class Meta:
        ordering = ["entry", "line"]
        constraints = [
            models.UniqueConstraint(name="posting_line_once", fields=["entry", "line"]),
            models.CheckConstraint(name="posting_one_side", condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.debit} | {self.credit}"

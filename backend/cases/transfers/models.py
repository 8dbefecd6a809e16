"""Moving a learner from one institution to another, and what goes along."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import Purpose, internal, personal
from backend.core.models import Entity, Versioned


class TransferStatus(models.TextChoices):
    """Where a transfer stands; ownership moves only on acceptance."""

    PROPOSED = "PROPOSED", pgettext_lazy("transfer", "proposed")
    ACCEPTED = "ACCEPTED", pgettext_lazy("transfer", "accepted")
    REJECTED = "REJECTED", pgettext_lazy("transfer", "rejected")
    REVOKED = "REVOKED", pgettext_lazy("transfer", "revoked")


class TransferSide(models.TextChoices):
    SENDING = "SENDING", _("the institution that the learner leaves")
    RECEIVING = "RECEIVING", _("the institution that the learner comes to")


class Transfer(Entity, Versioned):
    """A transfer of one learner (pāreja uz citu iestādi), proposed by one side and decided by the other.

    Both sides see it; `institution` is the sending side, which owned the learner until then. `learner` is an opaque key to
    the receiving side until it accepts: the learner's own row stays out of its sight.
    """

    tag = "trn"

    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="transfers"), purpose=Purpose.SUPPORT
    )
    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="transfers_out", db_index=False)
    )
    to_institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="transfers_in", db_index=False)
    )
    proposed_from = internal(models.CharField(max_length=10, choices=TransferSide))
    provisional_learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    """The receiving side's own record of the same person, with which it worked on meanwhile."""
    leaves_enrolment = personal(
        models.ForeignKey("learners.Enrolment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    enters_enrolment = personal(
        models.ForeignKey("learners.Enrolment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    effective_on = personal(models.DateField(), purpose=Purpose.SUPPORT)
    """First day at the new institution."""
    status = internal(models.CharField(max_length=20, choices=TransferStatus, default=TransferStatus.PROPOSED))
    reason = personal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)
    proposed_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    decided_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    decided_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    decision_reason = personal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["institution", "status"], name="transfer_out"),
            models.Index(fields=["to_institution", "status"], name="transfer_in"),
        ]
        constraints = [
            models.CheckConstraint(name="transfer_two_institutions", condition=~Q(institution=F("to_institution"))),
            models.CheckConstraint(
                name="transfer_decided_with_status",
                condition=Q(status="PROPOSED", decided_at__isnull=True) | (~Q(status="PROPOSED") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="transfer_enters_when_accepted", condition=Q(status="ACCEPTED") | Q(enters_enrolment__isnull=True)
            ),
            models.CheckConstraint(
                name="transfer_two_records",
                condition=Q(provisional_learner__isnull=True) | ~Q(provisional_learner=F("learner")),
            ),
            models.UniqueConstraint(
                name="transfer_one_open",
                fields=["learner"],
                condition=Q(status="PROPOSED"),
                violation_error_message=_("A transfer of this learner waits already."),
            ),
            models.UniqueConstraint(name="transfer_reference", fields=["id", "institution", "to_institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class SharedPart(models.TextChoices):
    """What can go along."""

    IDENTITY = "IDENTITY", _("name, birth date, personal code, contacts")
    CURRENT_PLAN = "CURRENT_PLAN", _("the running plan")
    PAST_PLANS = "PAST_PLANS", _("earlier plans")
    RISKS = "RISKS", _("risks and their notes")
    CONSULTATIONS = "CONSULTATIONS", _("consultations")
    REIMBURSEMENTS = "REIMBURSEMENTS", _("reimbursements")
    NOTES = "NOTES", _("restricted notes")
    FILES = "FILES", _("files")


class ShareMode(models.TextChoices):
    COPY = "COPY", _("a copy goes along")
    VIEW = "VIEW", _("may be read where it is")


class TransferShare(Entity):
    """One line of what a transfer shares: which part, how, and until when."""

    tag = "tshr"

    transfer = internal(models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="shares", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    to_institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    part = internal(models.CharField(max_length=20, choices=SharedPart))
    mode = internal(models.CharField(max_length=10, choices=ShareMode))
    until = internal(models.DateField(null=True, blank=True))
    """Last day on which it may be read; empty for a copy."""

    class Meta:
        ordering = ["part"]
        constraints = [
            models.UniqueConstraint(name="transfer_share_once", fields=["transfer", "part"]),
            models.CheckConstraint(
                name="transfer_share_until",
                condition=Q(mode="COPY", until__isnull=True) | Q(mode="VIEW", until__isnull=False),
                violation_error_message=_("What may be read has a last day; a copy has none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.mode}"

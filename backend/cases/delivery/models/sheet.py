"""What an hour stands on: the agreement and sheet of a measure, the director's order for remote work, one-time codes."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.core.classification import Purpose, Retention, internal, personal
from backend.core.clock import now
from backend.core.models import Entity, Versioned
from backend.registry.models import SpecialistRole


class ConsultationSheet(Entity, Versioned):
    """Agreement (vienošanās) of a specialist and a learner on a measure, with the sheet (KA veidlapa) kept under it.

    One for each specialist and measure, so anew each semester: measures and subjects are not mixed (domain.md 3.1, IAP-20,
    IAP-22). The sheet's rows are the measure's consultations by this specialist.
    """

    tag = "ka"

    measure = internal(models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="sheets", db_index=False))
    learner = personal(models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    specialist_role = personal(models.CharField(max_length=40, choices=SpecialistRole), purpose=Purpose.SUPPORT)
    provider = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sheets"), purpose=Purpose.EVIDENCE
    )
    number = internal(models.CharField(max_length=60, unique=True))
    signed_on = personal(models.DateField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """When the agreement was signed."""
    agreement_file = internal(
        models.ForeignKey("casefiles.CaseFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    sheet_file = internal(
        models.ForeignKey("casefiles.CaseFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    """The signed sheet, scanned at the end."""
    closed_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["institution", "provider"], name="sheet_by_institution")]
        constraints = [models.UniqueConstraint(name="sheet_once_a_measure", fields=["measure", "provider"])]

    def __str__(self) -> str:
        return self.number


class RemoteOrder(Entity, Versioned):
    """Director's order (rīkojums) that allows remote consultations: who, whom, on which plans, through which channel, and
    how they are confirmed (domain.md 3.1, REM).
    """

    tag = "rord"

    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="remote_orders", db_index=False)
    )
    number = internal(models.CharField(max_length=60))
    signed_on = internal(models.DateField(), purpose=Purpose.EVIDENCE)
    valid_from = internal(models.DateField(), purpose=Purpose.EVIDENCE)
    valid_to = internal(models.DateField(), purpose=Purpose.EVIDENCE)
    channels = internal(ArrayField(models.CharField(max_length=60)), purpose=Purpose.EVIDENCE)
    """As the order names them: e-klase, Skype, WhatsApp."""
    confirmation = internal(models.CharField(max_length=300), purpose=Purpose.EVIDENCE)
    """The form of the learner's confirmation, as the order words it."""
    file = internal(
        models.ForeignKey("casefiles.CaseFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )

    class Meta:
        ordering = ["-signed_on", "id"]
        constraints = [
            models.CheckConstraint(name="remote_order_period", condition=Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(name="remote_order_channels", condition=~Q(channels=[])),
            models.UniqueConstraint(name="remote_order_number", fields=["institution", "number"]),
            models.UniqueConstraint(name="remote_order_reference", fields=["id", "institution"]),
        ]

    def __str__(self) -> str:
        return self.number


class RemoteOrderStaff(Entity):
    """A specialist whom a director's order names."""

    tag = "rost"

    order = internal(models.ForeignKey(RemoteOrder, on_delete=models.PROTECT, related_name="staff", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    user = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="remote_order_staff_once", fields=["order", "user"])]

    def __str__(self) -> str:
        return self.public_id


class RemoteOrderPlan(Entity):
    """A learner and plan that a director's order names."""

    tag = "ropl"

    order = internal(models.ForeignKey(RemoteOrder, on_delete=models.PROTECT, related_name="plans", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    plan = internal(models.ForeignKey("plans.SupportPlan", on_delete=models.PROTECT, related_name="remote_orders"))
    learner = personal(models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)

    class Meta:
        constraints = [models.UniqueConstraint(name="remote_order_plan_once", fields=["order", "plan"])]

    def __str__(self) -> str:
        return self.public_id


class ConfirmationCode(Entity):
    """A one-time code by which a learner confirms hours. Only its keyed hash is kept; used or expired it opens nothing."""

    tag = "ccode"

    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    code_hash = internal(models.CharField(max_length=80, unique=True, db_collation="C"), retention=Retention.SHORT)
    issued_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    issued_at = internal(models.DateTimeField(default=now), purpose=Purpose.EVIDENCE)
    expires_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    attempts = internal(models.PositiveSmallIntegerField(default=0), purpose=Purpose.EVIDENCE)
    used_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        constraints = [
            models.CheckConstraint(name="confirmation_code_expires", condition=Q(expires_at__gt=F("issued_at"))),
            models.UniqueConstraint(name="confirmation_code_reference", fields=["id", "learner", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id

"""Timesheets of specialists, and the submission of a month that locks them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal, special
from backend.core.clock import now
from backend.core.models import Entity, Versioned
from backend.registry.models import SpecialistRole


class TimesheetStatus(models.TextChoices):
    """Where a timesheet stands (contract; domain.md 4.1)."""

    ENTERED = "ENTERED", _("entered")  # ievadīts
    APPROVED_BY_INSTITUTION = "APPROVED_BY_INSTITUTION", _("approved by the head")
    APPROVED_BY_COORDINATOR = "APPROVED_BY_COORDINATOR", _("approved by the coordinator")
    LOCKED = "LOCKED", _("locked with the month")


class MonthSubmission(Entity, Versioned):
    """An institution's month as its partner submitted it (mēneša dokumenti). While it stands, the month is locked.

    Reopening needs a reason and goes through the regional coordinator; submitting again makes the next revision
    (domain.md 4.1, DL07).
    """

    tag = "msub"

    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="months", db_index=False)
    )
    agreement = internal(models.ForeignKey("registry.CooperationAgreement", on_delete=models.PROTECT, related_name="months"))
    """The partner under whose agreement it is submitted."""
    month = internal(models.DateField())
    """Its first day."""
    revision = internal(models.PositiveSmallIntegerField(default=1))
    hours = internal(models.PositiveIntegerField(default=0), purpose=Purpose.SETTLEMENT)
    content_hash = internal(models.CharField(max_length=64, blank=True, db_collation="C"), purpose=Purpose.EVIDENCE)
    """SHA-256 of the document package's canonical figures."""
    submitted_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    submitted_at = internal(models.DateTimeField(default=now), purpose=Purpose.EVIDENCE)
    reopened_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    reopened_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    reopen_reason = personal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-month", "-revision"]
        constraints = [
            models.CheckConstraint(name="submission_is_of_a_month", condition=Q(month__day=1)),
            models.UniqueConstraint(name="submission_revision", fields=["institution", "month", "revision"]),
            models.UniqueConstraint(
                name="submission_one_stands",
                fields=["institution", "month"],
                condition=Q(reopened_at__isnull=True),
                violation_error_message=_("The month was submitted already."),
            ),
            models.CheckConstraint(
                name="submission_reopened_with_reason",
                condition=Q(reopened_at__isnull=True, reopen_reason="") | (Q(reopened_at__isnull=False) & ~Q(reopen_reason="")),
            ),
            models.UniqueConstraint(name="submission_reference", fields=["id", "institution", "month"]),
            models.UniqueConstraint(name="submission_owner_reference", fields=["id", "institution"]),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.revision}"


class Timesheet(Entity, Versioned):
    """Timesheet (darba laika uzskaites veidlapa, DLUV) of a specialist at an institution for a month, derived from the hours.

    The head approves, then the coordinator; both withdraw before anything is corrected; the month's submission locks it.
    """

    tag = "ts"

    provider = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="timesheets", db_index=False),
        purpose=Purpose.SETTLEMENT,
    )
    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="timesheets", db_index=False)
    )
    month = internal(models.DateField())
    """Its first day."""
    status = internal(models.CharField(max_length=30, choices=TimesheetStatus, default=TimesheetStatus.ENTERED))
    hours = personal(models.PositiveSmallIntegerField(default=0), purpose=Purpose.SETTLEMENT)
    """Sum of its lines, held equal by the database at commit."""
    head_approved_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    coordinator_approved_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    coordinator_withdrew_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """First half of a withdrawal: the head's makes the sheet ENTERED again."""
    submission = internal(
        models.ForeignKey(MonthSubmission, on_delete=models.PROTECT, null=True, blank=True, related_name="timesheets")
    )
    """The submission that locks it."""

    class Meta:
        ordering = ["-month", "id"]
        indexes = [
            models.Index(fields=["institution", "month", "status"], name="timesheet_by_institution"),
            models.Index(fields=["status", "month"], name="timesheet_on_its_way", condition=~Q(status="LOCKED")),
        ]
        constraints = [
            models.CheckConstraint(name="timesheet_is_of_a_month", condition=Q(month__day=1)),
            models.UniqueConstraint(name="timesheet_once_a_month", fields=["provider", "institution", "month"]),
            models.CheckConstraint(
                name="timesheet_approved_with_status",
                condition=Q(status="ENTERED", head_approved_at__isnull=True, coordinator_approved_at__isnull=True)
                | Q(status="APPROVED_BY_INSTITUTION", head_approved_at__isnull=False, coordinator_approved_at__isnull=True)
                | Q(
                    status__in=["APPROVED_BY_COORDINATOR", "LOCKED"],
                    head_approved_at__isnull=False,
                    coordinator_approved_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="timesheet_withdrawal_in_order",
                condition=Q(coordinator_withdrew_at__isnull=True) | Q(status="APPROVED_BY_INSTITUTION"),
            ),
            models.CheckConstraint(
                name="timesheet_locked_by_submission",
                condition=Q(status="LOCKED", submission__isnull=False) | (~Q(status="LOCKED") & Q(submission__isnull=True)),
            ),
            models.UniqueConstraint(name="timesheet_reference", fields=["id", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class TimesheetLine(Entity):
    """Hours of one kind of measure on a timesheet, by day, in one position. Derived from the consultations that count."""

    tag = "tline"

    timesheet = internal(models.ForeignKey(Timesheet, on_delete=models.PROTECT, related_name="lines", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    specialist_role = personal(models.CharField(max_length=40, choices=SpecialistRole), purpose=Purpose.SETTLEMENT)
    position = personal(
        models.ForeignKey("registry.Position", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SETTLEMENT
    )
    """Default "pedagogs"; only the head changes it, before approval (domain.md 4, DL08)."""
    hours = personal(models.PositiveSmallIntegerField(), purpose=Purpose.SETTLEMENT)
    hours_by_day = personal(ArrayField(models.PositiveSmallIntegerField(), size=31), purpose=Purpose.SETTLEMENT)
    """31 numbers, one a day of the month; they add up to `hours`."""

    class Meta:
        ordering = ["specialist_role"]
        constraints = [
            models.UniqueConstraint(name="timesheet_line_once", fields=["timesheet", "specialist_role"]),
            models.CheckConstraint(name="timesheet_line_hours", condition=Q(hours__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.specialist_role} {self.hours}"


class TimesheetStep(Entity):
    """One step of a timesheet, with who took it and when. Rows are added, never changed."""

    tag = "tstep"

    timesheet = internal(models.ForeignKey(Timesheet, on_delete=models.PROTECT, related_name="steps", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    from_status = internal(models.CharField(max_length=30, choices=TimesheetStatus, blank=True))
    to_status = internal(models.CharField(max_length=30, choices=TimesheetStatus))
    actor = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    at = internal(models.DateTimeField(default=now), purpose=Purpose.EVIDENCE)
    comment = special(models.TextField(blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["timesheet", "at"], name="timesheet_step_in_order")]

    def __str__(self) -> str:
        return f"{self.from_status} > {self.to_status}"

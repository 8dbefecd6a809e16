"""Meetings of a team, who came, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.activities.cooperation.models.team import CooperationTeam, TeamMember
from backend.core.classification import Purpose, internal, personal, special
from backend.core.models import Entity, Versioned


class MeetingStatus(models.TextChoices):
    SCHEDULED = "SCHEDULED", pgettext_lazy("meeting", "scheduled")
    HELD = "HELD", pgettext_lazy("meeting", "held")
    CANCELLED = "CANCELLED", pgettext_lazy("meeting", "cancelled")


class Meeting(Entity, Versioned):
    """A meeting of a team (sanāksme). What concerns one learner stands in `MeetingDecision`, where an erasure finds it."""

    tag = "meet"

    team = internal(models.ForeignKey(CooperationTeam, on_delete=models.PROTECT, related_name="meetings"))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    """The learner whom the whole meeting is about; empty when it is about several or none."""
    starts_at = internal(models.DateTimeField())
    ends_at = internal(models.DateTimeField())
    place = internal(models.CharField(max_length=300, blank=True))
    is_remote = internal(models.BooleanField(default=False))
    status = internal(models.CharField(max_length=20, choices=MeetingStatus, default=MeetingStatus.SCHEDULED))
    agenda = special(models.TextField(blank=True), purpose=Purpose.SUPPORT)
    minutes_text = special(models.TextField(blank=True), purpose=Purpose.SUPPORT)
    """What was talked about (protokols)."""
    recorded_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    recorded_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-starts_at", "id"]
        indexes = [models.Index(fields=["institution", "-starts_at"], name="meeting_by_institution")]
        constraints = [
            models.CheckConstraint(name="meeting_period", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="meeting_recorded_when_held",
                condition=Q(status="HELD", recorded_at__isnull=False) | (~Q(status="HELD") & Q(recorded_at__isnull=True)),
                violation_error_message=_("A meeting that was held is recorded; another one is not."),
            ),
            models.UniqueConstraint(name="meeting_reference", fields=["id", "team", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class MeetingAttendance(Entity):
    """Whether a member came to a meeting."""

    tag = "matt"

    meeting = internal(models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance", db_index=False))
    team = internal(models.ForeignKey(CooperationTeam, on_delete=models.PROTECT, related_name="+"))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    member = personal(
        models.ForeignKey(TeamMember, on_delete=models.PROTECT, related_name="attendance"), purpose=Purpose.EVIDENCE
    )
    attended = personal(models.BooleanField(), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="meeting_attendance_once", fields=["meeting", "member"])]

    def __str__(self) -> str:
        return self.public_id


class MeetingDecision(Entity, Versioned):
    """What a meeting decided: about whom, who does it, by when."""

    tag = "mdec"

    meeting = internal(models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions"))
    team = internal(models.ForeignKey(CooperationTeam, on_delete=models.PROTECT, related_name="+"))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    text = special(models.TextField(), purpose=Purpose.SUPPORT)
    responsible = personal(
        models.ForeignKey(TeamMember, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"),
        purpose=Purpose.SUPPORT,
    )
    due_on = internal(models.DateField(null=True, blank=True))
    done_on = internal(models.DateField(null=True, blank=True))

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["institution", "due_on"], name="decision_by_institution")]
        constraints = [
            models.CheckConstraint(
                name="decision_due_has_who",
                condition=Q(due_on__isnull=True) | Q(responsible__isnull=False),
                violation_error_message=_("Who does it is named together with the day."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

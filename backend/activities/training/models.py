"""Professional development: events, who leads them, who registered, attended and got a certificate."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import Purpose, internal, personal, public
from backend.core.models import Bilingual, Dated, Entity, Sourced, Versioned, one_at_a_time, validity_constraint
from backend.core.text import KeepsSortKey, SortKeyField


class TrainingKind(models.TextChoices):
    """Kinds of events (contract; domain.md 7)."""

    SEMINAR = "SEMINAR", _("seminar")
    SUPERVISION = "SUPERVISION", _("group supervision")  # supervīzija
    WORKSHOP = "WORKSHOP", _("workshop")  # darbnīca
    CONFERENCE = "CONFERENCE", _("conference")
    PROGRAMME = "PROGRAMME", _("in-service training programme")
    CONSULTATION_DAY = "CONSULTATION_DAY", _("consultation day")


class TrainingTerm(Entity, Bilingual, Sourced, Dated):
    """What holds for events of a kind in a period: a supervision has at most 10 people and lasts 180 minutes (domain.md 7).

    An empty limit is one that no source gives.
    """

    tag = "tterm"

    kind = public(models.CharField(max_length=20, choices=TrainingKind))
    max_participants = public(models.PositiveSmallIntegerField(null=True, blank=True))
    minutes = public(models.PositiveSmallIntegerField(null=True, blank=True))
    min_per_institution = public(models.PositiveSmallIntegerField(null=True, blank=True))
    """How many events of the kind each institution is meant to have."""

    class Meta:
        ordering = ["kind", "valid_from"]
        constraints = [
            validity_constraint(prefix="training_term"),
            models.CheckConstraint(
                name="training_term_limits",
                condition=(Q(max_participants__isnull=True) | Q(max_participants__gt=0))
                & (Q(minutes__isnull=True) | Q(minutes__gt=0)),
            ),
            one_at_a_time("kind", name="training_term_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.valid_from}"


class EventStatus(models.TextChoices):
    PLANNED = "PLANNED", pgettext_lazy("event", "planned")
    HELD = "HELD", pgettext_lazy("event", "held")
    CANCELLED = "CANCELLED", pgettext_lazy("event", "cancelled")


class EventFormat(models.TextChoices):
    IN_PERSON = "IN_PERSON", pgettext_lazy("event", "in person")
    REMOTE = "REMOTE", pgettext_lazy("event", "remote")
    MIXED = "MIXED", pgettext_lazy("event", "in person and remote")


class TrainingEvent(KeepsSortKey, Entity, Bilingual, Versioned):
    """A seminar, supervision, workshop, conference, programme or consultation day. Names no person.

    Number of people and length are held to the term of its kind by the database.
    """

    tag = "tev"

    programme = public(models.ForeignKey("territory.Programme", on_delete=models.PROTECT, related_name="training_events"))
    kind = public(models.CharField(max_length=20, choices=TrainingKind))
    topic = public(models.CharField(max_length=300, blank=True))
    status = public(models.CharField(max_length=20, choices=EventStatus, default=EventStatus.PLANNED))
    format = public(models.CharField(max_length=20, choices=EventFormat, default=EventFormat.IN_PERSON))
    starts_at = public(models.DateTimeField())
    ends_at = public(models.DateTimeField())
    credited_minutes = public(models.PositiveIntegerField())
    """Length without breaks, as the certificate says it."""
    capacity = public(models.PositiveSmallIntegerField())
    register_until = public(models.DateField(null=True, blank=True))
    place = public(models.CharField(max_length=300, blank=True))
    region = public(
        models.ForeignKey("territory.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="training_events")
    )
    institution = public(
        models.ForeignKey(
            "territory.Institution",
            on_delete=models.PROTECT,
            null=True,
            blank=True,
            related_name="training_events",
            db_index=False,
        )
    )
    """The one institution that it is held for, as supervisions are; empty: open to all."""
    is_published = public(models.BooleanField(default=False))
    """Whether the public site shows it."""
    sort_key = public(SortKeyField(of="name_lv", db_default=""))

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["kind", "starts_at"], name="training_event_by_kind"),
            models.Index(fields=["institution", "starts_at"], name="training_event_by_institution"),
            models.Index(fields=["sort_key", "id"], name="training_event_in_order"),
        ]
        constraints = [
            models.CheckConstraint(name="training_event_period", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="training_event_capacity", condition=Q(capacity__gt=0)),
            models.CheckConstraint(name="training_event_minutes", condition=Q(credited_minutes__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name_lv


class TrainingLeader(Entity):
    """Who leads an event: a certified supervisor, a trainer (vecākais eksperts, supervizors)."""

    tag = "tlead"

    event = internal(models.ForeignKey(TrainingEvent, on_delete=models.PROTECT, related_name="leaders", db_index=False))
    leader = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_trainings", db_index=False),
        purpose=Purpose.ADMINISTRATION,
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["leader"], name="training_leader_by_user")]
        constraints = [models.UniqueConstraint(name="training_leader_once", fields=["event", "leader"])]

    def __str__(self) -> str:
        return self.public_id


class RegistrationStatus(models.TextChoices):
    REGISTERED = "REGISTERED", pgettext_lazy("training", "registered")
    WAITING = "WAITING", pgettext_lazy("training", "on the waiting list")
    CANCELLED = "CANCELLED", pgettext_lazy("training", "withdrawn")


class TrainingRegistration(Entity, Versioned):
    """A person's place at an event, what they attended, and the certificate for it.

    No more people are registered than the event holds, whoever writes at the same time. Someone of no institution (a youth
    worker, a municipality's coordinator) has a row without one.
    """

    tag = "treg"

    event = internal(models.ForeignKey(TrainingEvent, on_delete=models.PROTECT, related_name="registrations"))
    participant = personal(
        models.ForeignKey(
            settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_registrations", db_index=False
        ),
        purpose=Purpose.ADMINISTRATION,
    )
    institution = internal(
        models.ForeignKey(
            "territory.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
        )
    )
    status = personal(
        models.CharField(max_length=20, choices=RegistrationStatus, default=RegistrationStatus.REGISTERED),
        purpose=Purpose.ADMINISTRATION,
    )
    registered_at = internal(models.DateTimeField())
    attended_minutes = personal(models.PositiveIntegerField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """What the leader recorded; 0: did not come; empty: not recorded."""
    attendance_recorded_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    certificate_code = personal(
        models.CharField(max_length=40, blank=True, editable=False, db_collation="C"), purpose=Purpose.EVIDENCE
    )
    """What `/verify/<code>/` is asked with: random, tells nothing."""
    certified_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["registered_at", "id"]
        indexes = [
            models.Index(fields=["participant", "registered_at"], name="registration_by_participant"),
            models.Index(fields=["institution", "registered_at"], name="registration_by_institution"),
        ]
        constraints = [
            models.UniqueConstraint(name="registration_once", fields=["event", "participant"], condition=~Q(status="CANCELLED")),
            models.UniqueConstraint(name="certificate_code", fields=["certificate_code"], condition=~Q(certificate_code="")),
            models.CheckConstraint(
                name="registration_attendance_recorded",
                condition=Q(attended_minutes__isnull=True, attendance_recorded_at__isnull=True)
                | Q(attended_minutes__isnull=False, attendance_recorded_at__isnull=False, status="REGISTERED"),
                violation_error_message=_("Only who is registered attends."),
            ),
            models.CheckConstraint(
                name="certificate_for_attendance",
                condition=Q(certificate_code="", certified_at__isnull=True)
                | (
                    ~Q(certificate_code="")
                    & Q(certified_at__isnull=False, attended_minutes__isnull=False, attended_minutes__gt=0)
                ),
                violation_error_message=_("A certificate is for who attended."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

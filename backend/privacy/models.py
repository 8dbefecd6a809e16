"""Requests about personal data, and the register of how long what is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import Purpose, Retention, internal, personal, public, special
from backend.core.models import Bilingual, Dated, Entity, Sourced, Versioned, one_at_a_time, validity_constraint
from backend.core.trail.models import EntryKey


class DataRight(models.TextChoices):
    """Rights of the person whom the data are about (GDPR Art. 15-21)."""

    ACCESS = "ACCESS", _("access to the data")
    RECTIFICATION = "RECTIFICATION", _("rectification")
    ERASURE = "ERASURE", _("erasure")
    RESTRICTION = "RESTRICTION", _("restriction of processing")
    PORTABILITY = "PORTABILITY", _("portability")
    OBJECTION = "OBJECTION", _("objection")


class Requester(models.TextChoices):
    LEARNER = "LEARNER", pgettext_lazy("requester", "the learner")
    GUARDIAN = "GUARDIAN", pgettext_lazy("requester", "a guardian")
    AUTHORITY = "AUTHORITY", pgettext_lazy("requester", "an authority")


class RequestStatus(models.TextChoices):
    RECEIVED = "RECEIVED", pgettext_lazy("rights", "received")
    GRANTED = "GRANTED", pgettext_lazy("rights", "granted")
    PARTLY_GRANTED = "PARTLY_GRANTED", pgettext_lazy("rights", "granted in part")
    REFUSED = "REFUSED", pgettext_lazy("rights", "refused")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("rights", "withdrawn")


class RightsRequest(Entity, Versioned):
    """A request of or for a learner about their data, and the answer. Due within a month (GDPR Art. 12(3))."""

    tag = "rreq"

    number = internal(models.CharField(max_length=60, unique=True), purpose=Purpose.EVIDENCE)
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    """Where the request was received."""
    right = personal(models.CharField(max_length=20, choices=DataRight), purpose=Purpose.EVIDENCE)
    requester = personal(models.CharField(max_length=20, choices=Requester), purpose=Purpose.EVIDENCE)
    identity_checked = internal(models.BooleanField(default=False), purpose=Purpose.EVIDENCE)
    details = special(models.TextField(blank=True), purpose=Purpose.EVIDENCE)
    received_on = internal(models.DateField(), purpose=Purpose.EVIDENCE)
    due_on = internal(models.DateField(), purpose=Purpose.EVIDENCE)
    extended_to = internal(models.DateField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """Two further months at most, where it is complex (Art. 12(3))."""
    status = internal(models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.RECEIVED))
    answer = special(models.TextField(blank=True), purpose=Purpose.EVIDENCE)
    """What was done, or on which ground it was refused."""
    decided_on = internal(models.DateField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    decided_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["institution", "due_on"], name="rights_by_institution")]
        constraints = [
            models.CheckConstraint(name="rights_due_after_received", condition=Q(due_on__gte=F("received_on"))),
            models.CheckConstraint(
                name="rights_extended_after_due", condition=Q(extended_to__isnull=True) | Q(extended_to__gt=F("due_on"))
            ),
            models.CheckConstraint(
                name="rights_decided_with_status",
                condition=Q(status="RECEIVED", decided_on__isnull=True)
                | (~Q(status="RECEIVED") & Q(decided_on__isnull=False, decided_on__gte=F("received_on"))),
            ),
            models.CheckConstraint(
                name="rights_granted_to_who_was_checked",
                condition=~Q(status__in=("GRANTED", "PARTLY_GRANTED")) | Q(identity_checked=True),
                violation_error_message=_("Check who asks before you answer."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RetentionClass(models.TextChoices):
    """Names of `backend.core.classification.Retention`: what each field says of itself."""

    PERMANENT = Retention.PERMANENT.name, pgettext_lazy("retention", "permanent")
    ACCOUNT = Retention.ACCOUNT.name, pgettext_lazy("retention", "while the account exists, and two years")
    PROGRAMME = Retention.PROGRAMME.name, pgettext_lazy("retention", "until the end of the programme's audit period")
    SHORT = Retention.SHORT.name, pgettext_lazy("retention", "ninety days")


class RetentionTerm(Entity, Bilingual, Sourced, Dated):
    """How long a class of fields is kept, by date: the register that the names in the code point to.

    Either a last day, or days after the reason has ceased; neither: for ever.
    """

    tag = "rterm"

    retention = public(models.CharField(max_length=20, choices=RetentionClass))
    programme = public(
        models.ForeignKey("territory.Programme", on_delete=models.PROTECT, null=True, blank=True, related_name="retention_terms")
    )
    keep_until = public(models.DateField(null=True, blank=True))
    keep_days = public(models.PositiveIntegerField(null=True, blank=True))

    class Meta:
        ordering = ["retention", "valid_from"]
        constraints = [
            validity_constraint(prefix="retention_term"),
            models.CheckConstraint(
                name="retention_term_one_way", condition=Q(keep_until__isnull=True) | Q(keep_days__isnull=True)
            ),
            models.CheckConstraint(
                name="retention_term_ends",
                condition=Q(retention="PERMANENT", keep_until__isnull=True, keep_days__isnull=True)
                | (~Q(retention="PERMANENT") & (Q(keep_until__isnull=False) | Q(keep_days__isnull=False))),
                violation_error_message=_("Only what is permanent has no end."),
            ),
            one_at_a_time("retention", name="retention_term_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.retention} {self.valid_from}"


class AccessChannel(models.TextChoices):
    """Doors through which records are read and changed."""

    API = "API", _("case API")
    WORKSPACE = "WORKSPACE", _("workspace")
    DOCUMENT = "DOCUMENT", _("generated document or private file")
    EXPORT = "EXPORT", _("bulk export")
    IMPORT = "IMPORT", _("imported file")
    COMMAND = "COMMAND", _("command of the operator, or background work")


class AccessLogEntry(Entity):
    """One read of a learner's record as the trail keeps it (`backend.privacy.access`). No table of this name holds it."""

    tag = "read"

    id = internal(EntryKey(primary_key=True, editable=False, db_column="l_id"), purpose=Purpose.EVIDENCE)
    at = internal(models.DateTimeField(db_column="l_at"), purpose=Purpose.EVIDENCE)
    reader = personal(
        models.ForeignKey(
            settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+", db_column="l_reader"
        ),
        purpose=Purpose.EVIDENCE,
    )
    app_name = internal(models.TextField(blank=True, db_column="l_app"), purpose=Purpose.EVIDENCE)
    channel = internal(models.CharField(max_length=20, choices=AccessChannel, db_column="l_channel"), purpose=Purpose.EVIDENCE)
    reason = internal(models.TextField(db_column="l_reason"), purpose=Purpose.EVIDENCE)
    purpose = internal(models.TextField(blank=True, db_column="l_purpose"), purpose=Purpose.EVIDENCE)
    institution = internal(
        models.ForeignKey(
            "territory.Institution", on_delete=models.DO_NOTHING, null=True, related_name="+", db_column="l_institution"
        ),
        purpose=Purpose.EVIDENCE,
    )
    object_type = internal(models.TextField(db_column="l_object"), purpose=Purpose.EVIDENCE)
    """Type tag of what carried the learner into the answer."""

    class Meta:
        managed = False
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.public_id


class ChangeKind(models.TextChoices):
    """What happened to a thing."""

    CREATED = "CREATED", _("it was made, or kept for the first time")
    UPDATED = "UPDATED", _("it was changed")
    DELETED = "DELETED", _("it was removed")
    ERASED = "ERASED", _("it was erased")


class HistoryEntry(Entity):
    """One change of a thing as the trail keeps it (`backend.privacy.history`). No table of this name holds it."""

    tag = "hist"

    id = internal(EntryKey(primary_key=True, editable=False), purpose=Purpose.EVIDENCE)
    at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    actor = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    app_name = internal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)
    channel = internal(models.CharField(max_length=20, choices=AccessChannel, blank=True), purpose=Purpose.EVIDENCE)
    kind = internal(models.CharField(max_length=10, choices=ChangeKind), purpose=Purpose.EVIDENCE)
    version = internal(models.PositiveIntegerField(null=True), purpose=Purpose.EVIDENCE)
    sealed_in_block = internal(models.BigIntegerField(null=True), purpose=Purpose.EVIDENCE)

    class Meta:
        managed = False
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.public_id

"""What partners send in bulk, what they take out in bulk, and how they are told of events."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import DataClass, Purpose, Retention, internal, personal
from backend.core.models import Entity, Versioned

HASH = r"^[0-9a-f]{64}$"


class ExchangedClass(models.TextChoices):
    """The highest class of data that may leave (compare `backend.core.classification.DataClass`)."""

    PUBLIC = DataClass.PUBLIC.value, pgettext_lazy("data class", "public")
    INTERNAL = DataClass.INTERNAL.value, pgettext_lazy("data class", "internal")
    PERSONAL = DataClass.PERSONAL.value, pgettext_lazy("data class", "personal")
    SPECIAL = DataClass.SPECIAL.value, pgettext_lazy("data class", "special")


class JobState(models.TextChoices):
    """Where an import or an export stands."""

    WAITING = "WAITING", pgettext_lazy("job", "waiting")
    CHECKED = "CHECKED", pgettext_lazy("job", "checked, nothing written yet")
    RUNNING = "RUNNING", pgettext_lazy("job", "running")
    DONE = "DONE", pgettext_lazy("job", "done")
    FAILED = "FAILED", pgettext_lazy("job", "failed")
    CANCELLED = "CANCELLED", pgettext_lazy("job", "cancelled")


FINISHED = ("DONE", "FAILED", "CANCELLED")


class ImportKind(models.TextChoices):
    LEARNERS = "LEARNERS", _("learners and enrolments")
    CONSULTATIONS = "CONSULTATIONS", _("consultations")
    INDICATORS = "INDICATORS", _("absences and marks")
    STAFF = "STAFF", _("staff")


def _finished_with_state(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(state__in=FINISHED, finished_at__isnull=False) | (~Q(state__in=FINISHED) & Q(finished_at__isnull=True)),
    )


class DataImport(Entity, Versioned):
    """A file that was sent for import: first checked without writing, then written through the services of the people.

    The same file is not taken twice while the first one counts. Rows that were refused are `ImportProblem` rows.
    """

    tag = "imp"

    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    kind = internal(models.CharField(max_length=20, choices=ImportKind))
    state = internal(models.CharField(max_length=20, choices=JobState, default=JobState.WAITING))
    file_name = internal(models.CharField(max_length=255), retention=Retention.SHORT)
    file_hash = internal(models.CharField(max_length=64, db_collation="C"), purpose=Purpose.EVIDENCE)
    """SHA-256 of the file, in hexadecimal."""
    file_size = internal(models.PositiveBigIntegerField())
    rows_total = internal(models.PositiveIntegerField(null=True, blank=True))
    rows_written = internal(models.PositiveIntegerField(default=0))
    """How far it got: a run that was cut goes on from here."""
    rows_refused = internal(models.PositiveIntegerField(default=0))
    requested_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )
    app = internal(
        models.ForeignKey(
            settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
        )
    )
    finished_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["institution", "-created_at"], name="import_by_institution")]
        constraints = [
            models.CheckConstraint(name="import_file_hash", condition=Q(file_hash__regex=HASH)),
            models.UniqueConstraint(
                name="import_once",
                fields=["institution", "kind", "file_hash"],
                condition=~Q(state__in=("FAILED", "CANCELLED")),
            ),
            models.CheckConstraint(
                name="import_rows",
                condition=Q(rows_total__isnull=True) | Q(rows_total__gte=F("rows_written") + F("rows_refused")),
            ),
            _finished_with_state("import_finished_with_state"),
            models.UniqueConstraint(name="import_reference", fields=["id", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class ImportProblem(Entity):
    """Why one row of a file was refused: the place and the code of the refusal, never what stood in the row."""

    tag = "iprob"

    batch = internal(
        models.ForeignKey(DataImport, on_delete=models.PROTECT, related_name="problems", db_column="import_id", db_index=False),
        retention=Retention.SHORT,
    )
    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"), retention=Retention.SHORT
    )
    row_number = internal(models.PositiveIntegerField(), retention=Retention.SHORT)
    """Line of the file, the heading being 1."""
    field = internal(models.CharField(max_length=100, blank=True), retention=Retention.SHORT)
    code = internal(models.CharField(max_length=30), retention=Retention.SHORT)
    """A code of `backend.core.refusals.Code`."""

    class Meta:
        ordering = ["row_number", "id"]
        constraints = [
            models.UniqueConstraint(name="import_problem_once", fields=["batch", "row_number", "field", "code"]),
            models.CheckConstraint(name="import_problem_row", condition=Q(row_number__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.row_number} {self.code}"


class BulkExport(Entity, Versioned):
    """Rows that somebody takes out in bulk, with the purpose they named. The file goes after its day."""

    tag = "exp"

    kind = internal(models.CharField(max_length=60, db_collation="C"))
    """What is exported, by the name of the list."""
    parameters = internal(models.JSONField(default=dict), retention=Retention.SHORT)
    """Filters, with keys and codes only."""
    data_class = internal(models.CharField(max_length=10, choices=ExchangedClass))
    stated_purpose = internal(models.CharField(max_length=300), purpose=Purpose.EVIDENCE)
    state = internal(models.CharField(max_length=20, choices=JobState, default=JobState.WAITING))
    rows = internal(models.PositiveIntegerField(null=True, blank=True))
    file_hash = internal(models.CharField(max_length=64, blank=True, db_collation="C"), purpose=Purpose.EVIDENCE)
    file_size = internal(models.PositiveBigIntegerField(null=True, blank=True))
    requested_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False),
        purpose=Purpose.EVIDENCE,
    )
    app = internal(
        models.ForeignKey(
            settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
        )
    )
    finished_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    expires_at = internal(models.DateTimeField(null=True, blank=True))
    fetched_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["requested_by", "-created_at"], name="export_by_requester")]
        constraints = [
            _finished_with_state("export_finished_with_state"),
            models.CheckConstraint(
                name="export_done_has_a_file",
                condition=~Q(state="DONE")
                | Q(rows__isnull=False, file_size__isnull=False, expires_at__isnull=False, file_hash__regex=HASH),
            ),
            models.CheckConstraint(
                name="export_has_a_purpose",
                condition=~Q(data_class__in=("personal", "special")) | ~Q(stated_purpose=""),
                violation_error_message=_("Say what the personal data are for."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Webhook(Entity, Versioned):
    """An address of a partner app that is told of events (signed with a secret that we keep encrypted)."""

    tag = "hook"

    app = internal(
        models.ForeignKey(
            settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.PROTECT, related_name="webhooks", db_index=False
        )
    )
    owner = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.ACCESS
    )
    """The app's service account, or the person it acts for: decides what may be told."""
    url = internal(models.URLField(max_length=500))
    event_kinds = internal(ArrayField(models.CharField(max_length=60), default=list))
    """Kinds of `outbox.OutboxEvent`."""
    data_class = internal(models.CharField(max_length=10, choices=ExchangedClass, default=ExchangedClass.INTERNAL))
    secret_cipher = internal(models.BinaryField(editable=False), purpose=Purpose.ACCESS)
    """The signing secret under the master key; shown once, when it is made."""
    is_active = internal(models.BooleanField(default=True))
    disabled_reason = internal(models.CharField(max_length=300, blank=True))

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(name="webhook_once", fields=["app", "url"]),
            models.CheckConstraint(
                name="webhook_is_encrypted_on_the_way",
                condition=Q(url__startswith="https://") | Q(url__startswith="http://127.0.0.1:"),
                violation_error_message=_("The address begins with https://."),
            ),
            models.CheckConstraint(name="webhook_tells_something", condition=Q(event_kinds__len__gt=0)),
            models.CheckConstraint(name="webhook_disabled_says_why", condition=Q(is_active=True) | ~Q(disabled_reason="")),
            # Nothing about family or health is ever pushed: the receiver fetches it under its own policy.
            models.CheckConstraint(name="webhook_never_special", condition=~Q(data_class="special")),
        ]

    def __str__(self) -> str:
        return self.public_id


class DeliveryState(models.TextChoices):
    WAITING = "WAITING", pgettext_lazy("webhook", "waiting")
    DELIVERED = "DELIVERED", pgettext_lazy("webhook", "delivered")
    GIVEN_UP = "GIVEN_UP", pgettext_lazy("webhook", "given up")


class WebhookDelivery(Entity):
    """One event for one webhook, and how the attempts went. A replay begins a new series of attempts."""

    tag = "dlv"

    webhook = internal(
        models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False), retention=Retention.SHORT
    )
    event = internal(
        models.ForeignKey("outbox.OutboxEvent", on_delete=models.CASCADE, related_name="deliveries"), retention=Retention.SHORT
    )
    state = internal(
        models.CharField(max_length=20, choices=DeliveryState, default=DeliveryState.WAITING), retention=Retention.SHORT
    )
    attempts = internal(models.PositiveSmallIntegerField(default=0), retention=Retention.SHORT)
    replays = internal(models.PositiveSmallIntegerField(default=0), retention=Retention.SHORT)
    next_attempt_at = internal(models.DateTimeField(null=True, blank=True), retention=Retention.SHORT)
    last_status = internal(models.PositiveSmallIntegerField(null=True, blank=True), retention=Retention.SHORT)
    """HTTP status of the last answer; empty where there was none."""
    last_error = internal(models.CharField(max_length=300, blank=True), retention=Retention.SHORT)
    delivered_at = internal(models.DateTimeField(null=True, blank=True), retention=Retention.SHORT)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="delivery_due", condition=Q(state="WAITING")),
        ]
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["webhook", "event"]),
            models.CheckConstraint(
                name="delivery_waits_with_state",
                condition=Q(state="WAITING", next_attempt_at__isnull=False)
                | (~Q(state="WAITING") & Q(next_attempt_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="delivery_delivered_with_state",
                condition=Q(state="DELIVERED", delivered_at__isnull=False, attempts__gt=0)
                | (~Q(state="DELIVERED") & Q(delivered_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

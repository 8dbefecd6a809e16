"""Learners' indicators, early warning by rules that people wrote, and studies of what the support did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import Purpose, internal, personal, public, special
from backend.core.models import Bilingual, Dated, Entity, Sourced, Versioned, one_at_a_time, validity_constraint


class IndicatorSource(models.TextChoices):
    """Where the numbers come from."""

    REGISTER = "REGISTER", _("state register (VIIS)")
    JOURNAL = "JOURNAL", _("electronic school journal")
    INSTITUTION = "INSTITUTION", _("entered by the institution")
    GENERATED = "GENERATED", _("generated for the demonstration")


class LearnerIndicator(Entity, Versioned):
    """Absences and marks of one learner in one semester at one institution.

    A lesson is a mācību stunda; marks are on the 10-point scale, below 4 insufficient (domain.md 2). Missing is empty, and
    never means "no risk".
    """

    tag = "lind"

    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+", db_index=False), purpose=Purpose.SUPPORT
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    enrolment = personal(
        models.ForeignKey("learners.Enrolment", on_delete=models.PROTECT, related_name="indicators"), purpose=Purpose.SUPPORT
    )
    semester = internal(models.ForeignKey("territory.Semester", on_delete=models.PROTECT, related_name="+"))
    lessons_held = personal(models.PositiveSmallIntegerField(null=True, blank=True), purpose=Purpose.SUPPORT)
    lessons_excused = personal(models.PositiveSmallIntegerField(null=True, blank=True), purpose=Purpose.SUPPORT)
    """Missed with an excuse (attaisnoti kavējumi)."""
    lessons_unexcused = personal(models.PositiveSmallIntegerField(null=True, blank=True), purpose=Purpose.SUPPORT)
    """Missed without one (neattaisnoti kavējumi)."""
    mean_mark = personal(models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True), purpose=Purpose.SUPPORT)
    insufficient_subjects = personal(models.PositiveSmallIntegerField(null=True, blank=True), purpose=Purpose.SUPPORT)
    """Subjects with a semester mark below 4."""
    source = internal(models.CharField(max_length=20, choices=IndicatorSource))
    recorded_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    """When the source recorded the numbers: how old they are."""

    class Meta:
        ordering = ["-semester__starts_on", "id"]
        indexes = [models.Index(fields=["institution", "semester"], name="indicator_by_institution")]
        constraints = [
            models.UniqueConstraint(name="indicator_once_a_semester", fields=["learner", "institution", "semester"]),
            models.CheckConstraint(name="indicator_mark", condition=Q(mean_mark__isnull=True) | Q(mean_mark__range=(1, 10))),
            models.CheckConstraint(
                name="indicator_lessons_missed_of_held",
                condition=Q(lessons_held__isnull=True)
                | Q(lessons_excused__isnull=True)
                | Q(lessons_unexcused__isnull=True)
                | Q(lessons_held__gte=F("lessons_excused") + F("lessons_unexcused")),
                violation_error_message=_("More lessons were missed than held."),
            ),
            models.UniqueConstraint(name="indicator_reference", fields=["id", "learner", "institution", "semester"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class WarningMeasure(models.TextChoices):
    """What a rule looks at. Never language, citizenship, sex or disability (docs/decisions/0067-frozen-evidence.md)."""

    UNEXCUSED_LESSONS = "UNEXCUSED_LESSONS", _("lessons missed without excuse")
    ABSENCE_PERCENT = "ABSENCE_PERCENT", _("share of lessons missed, per cent")
    MEAN_MARK = "MEAN_MARK", _("mean mark")
    INSUFFICIENT_SUBJECTS = "INSUFFICIENT_SUBJECTS", _("subjects with an insufficient mark")


class WarningComparison(models.TextChoices):
    ABOVE = "ABOVE", _("above")
    AT_LEAST = "AT_LEAST", _("at least")
    BELOW = "BELOW", _("below")


class EarlyWarningRule(Entity, Bilingual, Sourced, Dated):
    """One condition that opens a suggestion, written by people, versioned by its dates."""

    tag = "ewr"

    code = public(models.CharField(max_length=60))
    revision = public(models.PositiveSmallIntegerField(default=1))
    measure = public(models.CharField(max_length=30, choices=WarningMeasure))
    comparison = public(models.CharField(max_length=10, choices=WarningComparison))
    threshold = public(models.DecimalField(max_digits=6, decimal_places=2))
    level = public(models.PositiveSmallIntegerField())
    """How pressing: 1 to 3."""

    class Meta:
        ordering = ["code", "valid_from"]
        constraints = [
            validity_constraint(prefix="warning_rule"),
            models.CheckConstraint(name="warning_rule_level", condition=Q(level__range=(1, 3))),
            models.UniqueConstraint(name="warning_rule_revision", fields=["code", "revision"]),
            one_at_a_time("code", name="warning_rule_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.revision}"


class WarningStatus(models.TextChoices):
    """A warning is a suggestion: a person decides."""

    OPEN = "OPEN", pgettext_lazy("warning", "open")
    CONFIRMED = "CONFIRMED", pgettext_lazy("warning", "confirmed")
    REJECTED = "REJECTED", pgettext_lazy("warning", "rejected")
    DEFERRED = "DEFERRED", pgettext_lazy("warning", "deferred")


class EarlyWarning(Entity, Versioned):
    """A rule that fired for one learner in one semester, on which numbers, and what a person made of it."""

    tag = "ew"

    learner = personal(models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    semester = internal(models.ForeignKey("territory.Semester", on_delete=models.PROTECT, related_name="+"))
    rule = personal(
        models.ForeignKey(EarlyWarningRule, on_delete=models.PROTECT, related_name="warnings"), purpose=Purpose.SUPPORT
    )
    indicator = personal(
        models.ForeignKey(LearnerIndicator, on_delete=models.PROTECT, related_name="warnings", db_index=False),
        purpose=Purpose.SUPPORT,
    )
    observed = personal(models.DecimalField(max_digits=8, decimal_places=2), purpose=Purpose.SUPPORT)
    """The value that met the rule."""
    raised_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    status = personal(models.CharField(max_length=20, choices=WarningStatus, default=WarningStatus.OPEN), purpose=Purpose.SUPPORT)
    reason = special(models.TextField(blank=True), purpose=Purpose.SUPPORT)
    """Why it was rejected or deferred."""
    deferred_until = internal(models.DateField(null=True, blank=True))
    decided_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    decided_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-raised_at", "id"]
        indexes = [models.Index(fields=["institution", "status", "-raised_at"], name="warning_by_institution")]
        constraints = [
            models.UniqueConstraint(name="warning_once", fields=["indicator", "rule"]),
            models.CheckConstraint(
                name="warning_decided_with_status",
                condition=Q(status="OPEN", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(status="OPEN") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="warning_deferred_has_day",
                condition=Q(status="DEFERRED", deferred_until__isnull=False)
                | (~Q(status="DEFERRED") & Q(deferred_until__isnull=True)),
                violation_error_message=_("Say until when it is deferred."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class StudyStatus(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("study", "draft")
    REGISTERED = "REGISTERED", pgettext_lazy("study", "registered")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("study", "withdrawn")


class Study(Entity, Versioned):
    """A question about what the support did, with its method laid down before the data are looked at.

    Once registered, the database lets nothing of the specification change; the result carries the same hash.
    """

    tag = "study"

    code = internal(models.CharField(max_length=60, unique=True))
    title = internal(models.CharField(max_length=300))
    estimand = internal(models.TextField())
    """What is estimated, for whom, against what."""
    specification = internal(models.JSONField(default=dict))
    """Population, exposure, outcome, covariates, method, guards: everything that the computation needs."""
    specification_hash = internal(models.CharField(max_length=64, blank=True, editable=False, db_collation="C"))
    """SHA-256 of the canonical specification, in hexadecimal."""
    seed = internal(models.BigIntegerField(default=1))
    status = internal(models.CharField(max_length=20, choices=StudyStatus, default=StudyStatus.DRAFT))
    registered_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    registered_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )

    class Meta:
        verbose_name_plural = "studies"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="study_registered_with_status",
                condition=Q(status="DRAFT", registered_at__isnull=True, specification_hash="")
                | (
                    ~Q(status="DRAFT")
                    & Q(registered_at__isnull=False, registered_by__isnull=False, specification_hash__regex=r"^[0-9a-f]{64}$")
                ),
                violation_error_message=_("A study is registered with a hash of its specification."),
            ),
            models.UniqueConstraint(name="study_reference", fields=["id", "specification_hash"]),
        ]

    def __str__(self) -> str:
        return self.code


class StudyResult(Entity):
    """One computation of a registered study: from which data, by which code, with what answer. Added, never changed."""

    tag = "sres"

    study = internal(models.ForeignKey(Study, on_delete=models.PROTECT, related_name="results"))
    specification_hash = internal(models.CharField(max_length=64, db_collation="C"))
    data_hash = internal(models.CharField(max_length=64, db_collation="C"))
    """SHA-256 of the frozen data, in hexadecimal."""
    code_version = internal(models.CharField(max_length=60))
    seed = internal(models.BigIntegerField())
    refused = internal(models.BooleanField(default=False))
    """Whether a guard refused to answer (too little overlap, too few learners)."""
    result = internal(models.JSONField())
    """Aggregates only: estimate, interval, diagnostics, or the guards that fired."""
    computed_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-computed_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="study_result_hashes",
                condition=Q(specification_hash__regex=r"^[0-9a-f]{64}$", data_hash__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class StudyMethod(models.TextChoices):
    """Method of an estimate, as `methods.answers.Method` (a test holds both together: that module is heavy, this one is not)."""

    DESCRIPTIVE = "DESCRIPTIVE", _("Rates with Wilson intervals")
    KAPLAN_MEIER = "KAPLAN_MEIER", _("Kaplan-Meier curves")
    LOG_RANK = "LOG_RANK", _("Log-rank test")
    RMST = "RMST", _("Difference in restricted mean survival time")
    COX = "COX", _("Cox regression with exposure that varies in time")
    COMPETING_RISKS = "COMPETING_RISKS", _("Competing risks (Aalen-Johansen)")
    MATCHING = "MATCHING", _("Matching")
    IPW = "IPW", _("Inverse probability weights")
    AIPW = "AIPW", _("Augmented inverse probability weights")
    DIFFERENCE_IN_DIFFERENCES = "DIFFERENCE_IN_DIFFERENCES", _("Staggered difference in differences with event study")
    INTERRUPTED_TIME_SERIES = "INTERRUPTED_TIME_SERIES", _("Interrupted time series")
    COST = "COST", _("Cost for each outcome")


class StudyGuardKind(models.TextChoices):
    """A condition that an estimate must meet, as `methods.answers.GuardKind`."""

    OVERLAP = "OVERLAP", _("Those with and without the measure overlap")
    BALANCE = "BALANCE", _("They are alike after weighting or matching")
    EFFECTIVE_SAMPLE = "EFFECTIVE_SAMPLE", _("The effective sample is large enough")
    PRE_TREND = "PRE_TREND", _("They moved alike before")
    PROPORTIONAL_HAZARDS = "PROPORTIONAL_HAZARDS", _("Hazards are proportional")
    IMMORTAL_TIME = "IMMORTAL_TIME", _("Nobody counts as exposed before exposure began")
    CLUSTERS = "CLUSTERS", _("There are enough clusters")


class RunStatus(models.TextChoices):
    """Where the computation of a study stands."""

    QUEUED = "QUEUED", pgettext_lazy("run", "waiting")
    RUNNING = "RUNNING", pgettext_lazy("run", "running")
    DONE = "DONE", pgettext_lazy("run", "done")
    FAILED = "FAILED", pgettext_lazy("run", "failed")


class StudyRun(Entity):
    """One computation of a registered study in the background: how far it is, and what came of it."""

    tag = "srun"

    study = internal(models.ForeignKey(Study, on_delete=models.PROTECT, related_name="runs"))
    status = internal(models.CharField(max_length=20, choices=RunStatus, default=RunStatus.QUEUED))
    step = internal(models.CharField(max_length=60, blank=True))
    """What is done now: reading, or the method that is computed."""
    percent = internal(models.PositiveSmallIntegerField(default=0))
    requested_at = internal(models.DateTimeField())
    ended_at = internal(models.DateTimeField(null=True, blank=True))
    result = internal(models.OneToOneField(StudyResult, on_delete=models.PROTECT, null=True, blank=True, related_name="run"))

    class Meta:
        ordering = ["-requested_at", "id"]
        constraints = [
            models.CheckConstraint(name="study_run_percent", condition=Q(percent__lte=100)),
            models.CheckConstraint(
                name="study_run_done_has_result",
                condition=Q(status="DONE", result__isnull=False, ended_at__isnull=False)
                | Q(status="FAILED", result__isnull=True, ended_at__isnull=False)
                | Q(status__in=["QUEUED", "RUNNING"], result__isnull=True, ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class StudyPublication(Entity):
    """That a result stands on the public site. Added, never changed: a newer result of the study takes its place."""

    tag = "spub"

    result = public(models.OneToOneField(StudyResult, on_delete=models.PROTECT, related_name="publication"))
    code = public(models.CharField(max_length=60))
    """Of the study: its place in the address."""
    published_at = public(models.DateTimeField())

    class Meta:
        ordering = ["-published_at", "id"]
        indexes = [models.Index(fields=["code", "-published_at"], name="publication_by_study")]

    def __str__(self) -> str:
        return self.code

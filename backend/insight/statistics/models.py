"""Figures that others published, kept apart from what the platform computes and hands out: snapshots and releases."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import Purpose, internal, personal, public
from backend.core.models import Bilingual, Dated, Entity, Sourced, Versioned, one_at_a_time, validity_constraint


class Indicator(Entity, Bilingual):
    """What a published figure measures."""

    tag = "ind"

    code = public(models.CharField(max_length=60, unique=True))
    unit = public(models.CharField(max_length=60))
    position = public(models.PositiveSmallIntegerField())

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code


class Comparator(models.TextChoices):
    EQUAL = "=", _("exactly")
    MORE = ">", _("more than")
    ABOUT = "~", _("about")


class PublishedFigure(Entity, Sourced):
    """One figure as a source gives it. Sources disagree; none is corrected here."""

    tag = "fig"

    indicator = public(models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="figures", db_index=False))
    period = public(models.CharField(max_length=60))
    """As the source words it: a school year, a semester, "to 12.2022", a call."""
    comparator = public(models.CharField(max_length=1, choices=Comparator, default=Comparator.EQUAL))
    value = public(models.DecimalField(max_digits=16, decimal_places=2))
    unit = public(models.CharField(max_length=60))
    position = public(models.PositiveSmallIntegerField(unique=True))
    """Place in the reference list, from 1."""

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="figure_once", fields=["indicator", "period"])]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period}"


class SnapshotUnit(models.TextChoices):
    """Over what a snapshot's figures are gathered."""

    INSTITUTION = "INSTITUTION", pgettext_lazy("snapshot", "institution")
    MUNICIPALITY = "MUNICIPALITY", pgettext_lazy("snapshot", "municipality")
    REGION = "REGION", pgettext_lazy("snapshot", "region")
    STATE = "STATE", pgettext_lazy("snapshot", "whole country")


class ReportSnapshot(Entity):
    """A semester's report as it stood when the semester was closed, with the hash of its figures. Added, never changed.

    Corrections later make another snapshot with the next number.
    """

    tag = "snap"

    semester = internal(
        models.ForeignKey("territory.Semester", on_delete=models.PROTECT, related_name="snapshots", db_index=False)
    )
    unit = internal(models.CharField(max_length=20, choices=SnapshotUnit))
    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    )
    municipality = internal(
        models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    )
    region = internal(models.ForeignKey("territory.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+"))
    division_on = internal(models.DateField())
    """By which territorial division the figures are gathered."""
    number = internal(models.PositiveSmallIntegerField(default=1))
    figures = internal(models.JSONField(), purpose=Purpose.STATISTICS)
    """Exact figures of the scope: small cells are not protected here."""
    content_hash = internal(models.CharField(max_length=64, db_collation="C"), purpose=Purpose.EVIDENCE)
    """As `semesterReport.contentHash`: SHA-256 over the canonical figures, in hexadecimal."""
    made_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    made_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    reason = internal(models.CharField(max_length=300, blank=True), purpose=Purpose.EVIDENCE)
    """Why there is another one after the first."""

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="snapshot_unit",
                condition=Q(unit="INSTITUTION", institution__isnull=False, municipality=None, region=None)
                | Q(unit="MUNICIPALITY", institution=None, municipality__isnull=False, region=None)
                | Q(unit="REGION", institution=None, municipality=None, region__isnull=False)
                | Q(unit="STATE", institution=None, municipality=None, region=None),
            ),
            models.CheckConstraint(name="snapshot_hash", condition=Q(content_hash__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="snapshot_correction_says_why", condition=Q(number=1) | ~Q(reason="")),
            models.UniqueConstraint(
                name="snapshot_number",
                fields=["semester", "unit", "institution", "municipality", "region", "division_on", "number"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class SemesterClosure(Entity):
    """A closing of a semester for changes, with the figures it sealed; perhaps a reopening, with its reason."""

    tag = "clos"

    semester = internal(models.ForeignKey("territory.Semester", on_delete=models.PROTECT, related_name="closures"))
    snapshot = internal(models.OneToOneField(ReportSnapshot, on_delete=models.PROTECT, related_name="closure"))
    content_hash = internal(models.CharField(max_length=64, db_collation="C"), purpose=Purpose.EVIDENCE)
    """The snapshot's hash, for who may not read its figures."""
    closed_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    closed_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    """Empty for a semester that was loaded as closed."""
    reopened_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    reopened_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    reopen_reason = internal(models.CharField(max_length=1000, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-closed_at", "id"]
        constraints = [
            models.UniqueConstraint(name="closure_stands_once", fields=["semester"], condition=Q(reopened_at__isnull=True)),
            models.CheckConstraint(
                name="closure_reopened_with_reason",
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True, reopen_reason="")
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopen_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class ReleaseAudience(models.TextChoices):
    """For whom the figures of a release are protected."""

    PUBLIC = "PUBLIC", pgettext_lazy("release", "the public")
    PARTNER = "PARTNER", pgettext_lazy("release", "partners")
    RESEARCH = "RESEARCH", pgettext_lazy("release", "researchers")


class BuilderMode(models.TextChoices):
    """How the table builder answers outside the caller's reach."""

    CELL_KEY = "CELL_KEY", pgettext_lazy("protection", "noise by cell key")
    ROUNDING = "ROUNDING", pgettext_lazy("protection", "rounding to a base")


class ReleaseProfile(Entity, Sourced, Dated):
    """How strictly releases to an audience are protected, from a day on (docs/operator/open-data.md).

    Reference data, not constants: no public numeric threshold of the statistical office was found (case_management.md, f).
    """

    tag = "rprf"

    audience = public(models.CharField(max_length=20, choices=ReleaseAudience))
    threshold = public(models.PositiveSmallIntegerField())
    """Counts from 1 up to, not including, it are suppressed."""
    threshold_special = public(models.PositiveSmallIntegerField())
    """For what tells of health, family or another special class."""
    threshold_institution = public(models.PositiveSmallIntegerField())
    group_disclosure = public(models.BooleanField())
    """Whether a group all or none of which has an attribute is suppressed."""
    dominance_n = public(models.PositiveSmallIntegerField())
    dominance_k = public(models.DecimalField(max_digits=5, decimal_places=2))
    """Percent of a sum that its `dominance_n` greatest contributions may make up; 0: no such rule."""
    p_percent = public(models.DecimalField(max_digits=5, decimal_places=2))
    least_recipients = public(models.PositiveSmallIntegerField())
    share_denominator = public(models.PositiveSmallIntegerField())
    share_edge = public(models.PositiveSmallIntegerField())
    rounding_base = public(models.PositiveSmallIntegerField())
    builder_mode = public(
        models.CharField(max_length=20, choices=BuilderMode, default=BuilderMode.CELL_KEY, db_default="CELL_KEY")
    )
    noise_reach = public(models.PositiveSmallIntegerField())
    noise_variance = public(models.DecimalField(max_digits=5, decimal_places=2))

    class Meta:
        ordering = ["audience", "valid_from"]
        constraints = [
            validity_constraint(prefix="release_profile"),
            one_at_a_time("audience", name="release_profile_one_at_a_time"),
            models.CheckConstraint(
                name="release_profile_thresholds",
                condition=Q(threshold__gte=2, threshold_special__gte=F("threshold"), threshold_institution__gte=F("threshold")),
            ),
            models.CheckConstraint(name="release_profile_rounding", condition=Q(rounding_base__gte=2)),
        ]

    def __str__(self) -> str:
        return f"{self.audience} {self.valid_from}"


class Release(Entity, Bilingual, Versioned):
    """A set of protected tables that left the house together. Once released, the database lets nothing of it change."""

    tag = "rel"

    code = public(models.CharField(max_length=60, unique=True))
    number = public(models.PositiveIntegerField(default=1, db_default=1))
    """The how manieth for its audience: the version that readers quote."""
    changes_lv = public(models.TextField(blank=True, default="", db_default=""))
    """What differs from the release before, for the change log."""
    changes_en = public(models.TextField(blank=True, default="", db_default=""))
    division_on = public(models.DateField(null=True, blank=True))
    """By which territorial division its tables are gathered."""
    audience = public(models.CharField(max_length=20, choices=ReleaseAudience))
    known_on = public(models.DateTimeField())
    """The data are as they were known at this moment."""
    protection = internal(models.JSONField(default=dict), purpose=Purpose.STATISTICS)
    """Thresholds and methods that were applied."""
    content_hash = public(models.CharField(max_length=64, blank=True, db_collation="C"))
    """SHA-256 over the hashes of its tables in the order of their codes, in hexadecimal."""
    released_at = public(models.DateTimeField(null=True, blank=True))

    class Meta:
        ordering = ["-known_on", "code"]
        constraints = [
            models.CheckConstraint(
                name="release_hash",
                condition=Q(released_at__isnull=True, content_hash="")
                | Q(released_at__isnull=False, content_hash__regex=r"^[0-9a-f]{64}$"),
            )
        ]

    def __str__(self) -> str:
        return self.code


class ReleaseTable(Entity, Bilingual):
    """One table of a release, protected as it was handed out."""

    tag = "rtab"

    release = internal(models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tables", db_index=False))
    code = public(models.CharField(max_length=60))
    cells = public(models.JSONField())
    """Measure, dimensions with their categories, and values in the order of the table; a suppressed one is null."""
    content_hash = public(models.CharField(max_length=64, db_collation="C"))

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(name="release_table_once", fields=["release", "code"]),
            models.CheckConstraint(name="release_table_hash", condition=Q(content_hash__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.code


class ReleaseEvidence(Entity):
    """The exact figures behind a released table: later releases are protected against what they and this one tell together.

    Never handed out; row security shows it to who writes plans in the whole state.
    """

    tag = "rev"

    table = internal(models.OneToOneField(ReleaseTable, on_delete=models.PROTECT, related_name="evidence"))
    figures = internal(models.JSONField(), purpose=Purpose.STATISTICS)
    """Value, contributors and greatest contributions of each cell that is not nought, by its place in the table."""
    profile = internal(models.JSONField(), purpose=Purpose.STATISTICS)
    """The profile that it was protected by."""

    def __str__(self) -> str:
        return self.public_id

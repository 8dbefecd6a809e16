"""Learners and their enrolments.

The personal code and the contacts stand beside the learner, encrypted under a key of the learner's own
(docs/decisions/0032-a-key-per-learner.md).
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal
from backend.core.database.ranges import DateRange
from backend.core.models import Entity, PersonEntity, Versioned
from backend.core.text import SortKeyField
from backend.territory.models import ProgrammeKind


class Learner(PersonEntity, Versioned):
    """A learner (izglītojamais): one person in the whole country, seen by a school through enrolment periods."""

    tag = "lrn"

    given_name = personal(models.CharField(max_length=100), purpose=Purpose.SUPPORT)
    family_name = personal(models.CharField(max_length=100), purpose=Purpose.SUPPORT)
    sort_key = personal(SortKeyField(), purpose=Purpose.SUPPORT)
    """Latvian order of "family name, given name"."""
    search_key = personal(models.CharField(max_length=255, editable=False, db_collation="C"), purpose=Purpose.SUPPORT)
    """Both names without case and diacritics, each way round."""
    birth_date = personal(models.DateField(), purpose=Purpose.SUPPORT)
    registering_institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="registered_learners")
    )
    """The institution that registered the learner; it sees the row before the first enrolment stands."""
    erased_at = internal(models.DateTimeField(null=True, blank=True, editable=False))
    """When the learner was erased; the row that is left names nobody and keeps the counts right."""
    merged_into = personal(
        models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"),
        purpose=Purpose.SUPPORT,
    )
    """The record of the same person that goes on, where a duplicate was merged; emptied when the merge is undone."""

    class Meta:
        ordering = ["sort_key", "id"]
        indexes = [models.Index(fields=["sort_key", "id"], name="learner_in_order")]
        constraints = [
            models.CheckConstraint(
                name="learner_merged_into_another", condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id"))
            )
        ]

    def __str__(self) -> str:
        return self.public_id


class LearnerIdentity(Entity, Versioned):
    """What tells a learner from every other and how to reach them: ciphertexts under the learner's own key.

    The personal code (personas kods) is found through `code_index`, a keyed hash of its digits. The index is not unique:
    a school that registers a code known elsewhere must learn nothing of it (issue of transfers and matching).
    """

    tag = "lid"

    learner = personal(models.OneToOneField(Learner, on_delete=models.PROTECT, related_name="identity"), purpose=Purpose.SUPPORT)
    code_cipher = personal(models.BinaryField(null=True, blank=True, editable=False), purpose=Purpose.SUPPORT)
    code_index = personal(models.CharField(max_length=80, blank=True, editable=False, db_collation="C"), purpose=Purpose.SUPPORT)
    no_code_reason = personal(models.CharField(max_length=300, blank=True), purpose=Purpose.SUPPORT)
    """Why there is no code, where there is none."""
    phone_cipher = personal(models.BinaryField(null=True, blank=True, editable=False), purpose=Purpose.SUPPORT)
    email_cipher = personal(models.BinaryField(null=True, blank=True, editable=False), purpose=Purpose.SUPPORT)
    guardian_cipher = personal(models.BinaryField(null=True, blank=True, editable=False), purpose=Purpose.SUPPORT)

    class Meta:
        indexes = [models.Index(fields=["code_index"], name="identity_by_code", condition=~Q(code_index=""))]

    def __str__(self) -> str:
        return self.public_id


class EnrolmentEnd(models.TextChoices):
    """Why an enrolment ended. The list is ours: no source gives one."""

    PROMOTED = "PROMOTED", _("moved up to the next grade or course")
    COMPLETED = "COMPLETED", _("programme completed")
    MOVED = "MOVED", _("moved to another institution")
    LEFT = "LEFT", _("left education early")  # priekšlaicīga mācību pārtraukšana
    OTHER = "OTHER", _("other reason")


class Enrolment(Entity, Versioned):
    """A learner's time in one grade or course at an institution (uzņemšana), both days included.

    Moving up ends one and begins the next, so that a plan always knows the stage it was made in. Periods of one learner
    cannot overlap.
    """

    tag = "enr"

    learner = personal(models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="enrolments"), purpose=Purpose.SUPPORT)
    institution = personal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="enrolments", db_index=False),
        purpose=Purpose.SUPPORT,
    )
    structural_unit = personal(
        models.ForeignKey("territory.StructuralUnit", on_delete=models.PROTECT, null=True, blank=True, related_name="enrolments"),
        purpose=Purpose.SUPPORT,
    )
    programme_kind = personal(models.CharField(max_length=20, choices=ProgrammeKind), purpose=Purpose.SUPPORT)
    stage = personal(models.PositiveSmallIntegerField(), purpose=Purpose.SUPPORT)
    """Grade 1-12 in general, course 1-4 in vocational education."""
    education_programme = personal(models.CharField(max_length=200, blank=True), purpose=Purpose.SUPPORT)
    starts_on = personal(models.DateField(), purpose=Purpose.SUPPORT)
    ends_on = personal(models.DateField(null=True, blank=True), purpose=Purpose.SUPPORT)
    end_reason = personal(models.CharField(max_length=20, choices=EnrolmentEnd, blank=True), purpose=Purpose.SUPPORT)

    class Meta:
        ordering = ["starts_on"]
        indexes = [models.Index(fields=["institution", "learner"], name="enrolment_by_institution")]
        constraints = [
            models.CheckConstraint(
                name="enrolment_stage",
                condition=Q(programme_kind="GENERAL", stage__range=(1, 12)) | Q(programme_kind="VOCATIONAL", stage__range=(1, 4)),
                violation_error_message=_("A grade is 1 to 12, a course 1 to 4."),
            ),
            models.CheckConstraint(name="enrolment_period", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="enrolment_end_has_reason",
                condition=Q(ends_on__isnull=True, end_reason="") | (Q(ends_on__isnull=False) & ~Q(end_reason="")),
                violation_error_message=_("An enrolment that ends says why; one that runs has no reason to end."),
            ),
            ExclusionConstraint(
                name="enrolment_no_overlap",
                expressions=[("learner", RangeOperators.EQUAL), (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS)],
                violation_error_message=_("The learner is enrolled in this period already."),
            ),
            models.UniqueConstraint(name="enrolment_reference", fields=["id", "learner", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id

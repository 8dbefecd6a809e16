"""What a plan stands on and what came of it: the signed application, further authors, outcome themes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.cases.plans.models.plan import SupportPlan
from backend.core.classification import Purpose, internal, personal, special
from backend.core.models import Entity, Versioned


class SignerKind(models.TextChoices):
    """Who signed the application (domain.md 1: a parent, or the learner if adult)."""

    PARENT = "PARENT", _("parent")
    GUARDIAN = "GUARDIAN", _("guardian")
    ADULT_LEARNER = "ADULT_LEARNER", _("adult learner")


class Application(Entity, Versioned):
    """Signed application (iesniegums) for support of a learner at an institution in a semester.

    Submission of the plan needs it; a draft may stand before it. A withdrawn one stays and may be followed by another.
    """

    tag = "appl"

    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="applications"), purpose=Purpose.SUPPORT
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    semester = internal(models.ForeignKey("territory.Semester", on_delete=models.PROTECT, related_name="applications"))
    signer_kind = personal(models.CharField(max_length=20, choices=SignerKind), purpose=Purpose.EVIDENCE)
    signed_on = personal(models.DateField(), purpose=Purpose.EVIDENCE)
    received_on = internal(models.DateField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    file = internal(
        models.ForeignKey("casefiles.CaseFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    """The scanned paper; empty while it is kept on paper only."""
    withdrawn_on = personal(models.DateField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-signed_on", "id"]
        indexes = [models.Index(fields=["institution", "semester"], name="application_by_institution")]
        constraints = [
            models.UniqueConstraint(
                name="application_once_a_semester",
                fields=["learner", "institution", "semester"],
                condition=Q(withdrawn_on__isnull=True),
                violation_error_message=_("There is an application for this semester already."),
            ),
            models.UniqueConstraint(name="application_reference", fields=["id", "learner", "institution", "semester"]),
            models.CheckConstraint(
                name="application_dates",
                condition=(Q(received_on__isnull=True) | Q(received_on__gte=F("signed_on")))
                & (Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("signed_on"))),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class PlanAuthor(Entity):
    """Somebody who prepared a plan together with its first author; authors never approve their own plan (domain.md 1.2)."""

    tag = "pauth"

    plan = internal(models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="co_authors", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    user = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="plan_author_once", fields=["plan", "user"])]

    def __str__(self) -> str:
        return self.public_id


class PlanOutcome(Entity, Versioned):
    """An outcome theme that the evaluation of a plan names (izvērtējums)."""

    tag = "pout"

    plan = internal(models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="outcomes", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    theme = special(
        models.ForeignKey("registry.OutcomeTheme", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT
    )
    note = special(models.TextField(blank=True), purpose=Purpose.SUPPORT)

    class Meta:
        constraints = [models.UniqueConstraint(name="outcome_once", fields=["plan", "theme"])]

    def __str__(self) -> str:
        return self.public_id

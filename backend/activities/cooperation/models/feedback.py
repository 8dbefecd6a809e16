"""The learner's and the guardian's voice: questions, one-time requests, answers. A summary is computed, never stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import Purpose, internal, personal, public, special
from backend.core.models import Bilingual, Dated, Entity, Sourced, Versioned, one_at_a_time, validity_constraint


class FeedbackAudience(models.TextChoices):
    LEARNER = "LEARNER", pgettext_lazy("voice", "learner")
    GUARDIAN = "GUARDIAN", pgettext_lazy("voice", "guardian")


class FeedbackQuestion(Entity, Bilingual, Sourced, Dated):
    """A question that learners or guardians are asked. Ours: no source shows such a form. `name_lv` is the question."""

    tag = "fq"

    code = public(models.CharField(max_length=60))
    audience = public(models.CharField(max_length=10, choices=FeedbackAudience))
    scale_max = public(models.PositiveSmallIntegerField(null=True, blank=True))
    """Answers run from 1 to this; empty: answered in words."""
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["audience", "position"]
        constraints = [
            validity_constraint(prefix="feedback_question"),
            models.CheckConstraint(
                name="feedback_question_scale", condition=Q(scale_max__isnull=True) | Q(scale_max__range=(2, 10))
            ),
            one_at_a_time("code", "audience", name="feedback_question_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.code


class FeedbackRequest(Entity, Versioned):
    """One request to one learner or guardian about one plan. They have no account: a one-time code opens `/feedback/`.

    Only the code's hash is kept. Once answered or withdrawn it opens nothing.
    """

    tag = "fbr"

    plan = personal(
        models.ForeignKey("plans.SupportPlan", on_delete=models.PROTECT, related_name="feedback_requests"),
        purpose=Purpose.SUPPORT,
    )
    learner = personal(models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    audience = internal(models.CharField(max_length=10, choices=FeedbackAudience))
    code_hash = internal(models.CharField(max_length=64, editable=False, db_collation="C"), purpose=Purpose.ACCESS)
    """SHA-256 of the code, in hexadecimal."""
    requested_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )
    requested_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    expires_at = internal(models.DateTimeField(), purpose=Purpose.ACCESS)
    answered_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    withdrawn_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["-requested_at", "id"]
        indexes = [models.Index(fields=["institution", "-requested_at"], name="feedback_by_institution")]
        constraints = [
            models.UniqueConstraint(name="feedback_code_once", fields=["code_hash"]),
            models.CheckConstraint(name="feedback_code_is_a_hash", condition=Q(code_hash__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="feedback_expires", condition=Q(expires_at__gt=F("requested_at"))),
            models.CheckConstraint(
                name="feedback_answered_in_time",
                condition=Q(answered_at__isnull=True)
                | Q(withdrawn_at__isnull=True, answered_at__gte=F("requested_at"), answered_at__lte=F("expires_at")),
                violation_error_message=_("A request is answered before it expires, and not after it was withdrawn."),
            ),
            models.UniqueConstraint(
                name="feedback_once_a_plan",
                fields=["plan", "audience"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.UniqueConstraint(name="feedback_request_reference", fields=["id", "learner", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class FeedbackAnswer(Entity):
    """The answer to one question: a step of its scale, or words. Added, never changed."""

    tag = "fba"

    request = internal(models.ForeignKey(FeedbackRequest, on_delete=models.PROTECT, related_name="answers", db_index=False))
    learner = personal(models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    question = internal(models.ForeignKey(FeedbackQuestion, on_delete=models.PROTECT, related_name="answers"))
    value = special(models.PositiveSmallIntegerField(null=True, blank=True), purpose=Purpose.SUPPORT)
    text = special(models.TextField(blank=True), purpose=Purpose.SUPPORT)
    answered_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["institution", "question"], name="answer_by_institution")]
        constraints = [
            models.UniqueConstraint(name="feedback_answer_once", fields=["request", "question"]),
            models.CheckConstraint(name="feedback_answer_value", condition=Q(value__isnull=True) | Q(value__range=(1, 10))),
        ]

    def __str__(self) -> str:
        return self.public_id

"""Cooperation teams: people of the institution and from outside, and what is shared with them, until when."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import Purpose, internal, personal, special
from backend.core.database.ranges import DateRange
from backend.core.models import Entity, Versioned, one_at_a_time
from backend.core.text import KeepsSortKey, SortKeyField


class CooperationTeam(KeepsSortKey, Entity, Versioned):
    """A team around one learner, or a standing one of an institution (sadarbības komanda).

    Members from outside (social service, police, youth work; domain.md 11) reach only what is shared with the team.
    """

    tag = "team"

    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="cooperation_teams", db_index=False)
    )
    name = internal(models.CharField(max_length=200))
    sort_key = internal(SortKeyField(of="name", db_default=""))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    """The learner whom the team is about; empty for a standing team."""
    starts_on = internal(models.DateField())
    ends_on = internal(models.DateField(null=True, blank=True))

    class Meta:
        ordering = ["-starts_on", "id"]
        indexes = [
            models.Index(fields=["institution", "-starts_on"], name="team_by_institution"),
            models.Index(fields=["sort_key", "id"], name="team_in_order"),
        ]
        constraints = [
            models.CheckConstraint(name="team_period", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))),
            models.UniqueConstraint(name="team_reference", fields=["id", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class MemberKind(models.TextChoices):
    """Where a member comes from (the municipal prevention system of domain.md 11)."""

    INSTITUTION = "INSTITUTION", _("staff of the institution")
    EDUCATION_BOARD = "EDUCATION_BOARD", _("education board of the municipality")
    SOCIAL_SERVICE = "SOCIAL_SERVICE", _("social service")
    CHILD_PROTECTION = "CHILD_PROTECTION", _("orphans' court")  # bāriņtiesa
    POLICE = "POLICE", _("police")
    YOUTH_WORK = "YOUTH_WORK", _("youth work")
    HEALTH = "HEALTH", pgettext_lazy("team member", "health care")
    ORGANISATION = "ORGANISATION", pgettext_lazy("team member", "non-governmental organisation")
    OTHER = "OTHER", pgettext_lazy("team member", "other")


class TeamMember(Entity, Versioned):
    """A member in a period (both days included). Invited by a one-time code, of which only the hash is kept."""

    tag = "tmem"

    team = internal(models.ForeignKey(CooperationTeam, on_delete=models.PROTECT, related_name="members"))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    kind = internal(models.CharField(max_length=30, choices=MemberKind))
    user = personal(
        models.ForeignKey(
            settings.AUTH_USER_MODEL,
            on_delete=models.PROTECT,
            null=True,
            blank=True,
            related_name="team_memberships",
            db_index=False,
        ),
        purpose=Purpose.ACCESS,
    )
    """Set when the invitation is accepted; until then name and address say who was invited."""
    invited_name = personal(models.CharField(max_length=200, blank=True), purpose=Purpose.ACCESS)
    invited_email = personal(models.EmailField(blank=True), purpose=Purpose.ACCESS)
    organisation_name = internal(models.CharField(max_length=200, blank=True))
    invitation_hash = internal(
        models.CharField(max_length=64, blank=True, editable=False, db_collation="C"), purpose=Purpose.ACCESS
    )
    invited_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    invitation_expires_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.ACCESS)
    accepted_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    valid_from = internal(models.DateField(), purpose=Purpose.ACCESS)
    valid_to = internal(models.DateField(null=True, blank=True), purpose=Purpose.ACCESS)

    class Meta:
        ordering = ["valid_from", "id"]
        indexes = [models.Index(fields=["user", "valid_from"], name="team_member_by_user")]
        constraints = [
            models.CheckConstraint(
                name="team_member_validity", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="team_member_is_somebody",
                condition=Q(user__isnull=False) | (~Q(invited_name="") & ~Q(invited_email="")),
                violation_error_message=_("Choose a user, or give the name and the e-mail of who is invited."),
            ),
            models.CheckConstraint(
                name="team_member_accepted_with_user", condition=Q(accepted_at__isnull=True) | Q(user__isnull=False)
            ),
            models.CheckConstraint(
                name="team_invitation_expires",
                condition=Q(invitation_hash="")
                | Q(invited_at__isnull=False, invitation_expires_at__isnull=False, invitation_expires_at__gt=F("invited_at")),
            ),
            models.UniqueConstraint(name="team_invitation_once", fields=["invitation_hash"], condition=~Q(invitation_hash="")),
            one_at_a_time("team", "user", name="team_member_once_at_a_time"),
            models.UniqueConstraint(name="team_member_reference", fields=["id", "team", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class TeamPart(models.TextChoices):
    """What of a learner's support a team is shown. The list is ours: no source gives one."""

    SUMMARY = "SUMMARY", _("that there is a plan, its period and measures")
    PLAN = "PLAN", _("the plan with its risks")
    ATTENDANCE = "ATTENDANCE", _("absences and marks")
    DECISIONS = "DECISIONS", _("decisions of meetings")


class TeamShare(Entity, Versioned):
    """One part of one learner's support, shown to a team until a day. It always ends; nothing is shared for good."""

    tag = "tmsh"

    team = internal(models.ForeignKey(CooperationTeam, on_delete=models.PROTECT, related_name="shares"))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    learner = personal(models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)
    plan = personal(models.ForeignKey("plans.SupportPlan", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)
    part = internal(models.CharField(max_length=20, choices=TeamPart))
    ground = special(models.CharField(max_length=500), purpose=Purpose.EVIDENCE)
    """Why it may be shared: the guardian's consent of a date, a legal duty."""
    shared_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )
    starts_on = internal(models.DateField(), purpose=Purpose.ACCESS)
    ends_on = internal(models.DateField(), purpose=Purpose.ACCESS)
    """Last day; brought forward when sharing is ended early."""
    ended_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """When somebody ended it before its day."""

    class Meta:
        ordering = ["-starts_on", "id"]
        indexes = [models.Index(fields=["institution", "learner"], name="share_by_institution")]
        constraints = [
            models.CheckConstraint(name="share_ends", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="share_has_a_ground", condition=~Q(ground="") | Q(ended_at__isnull=False)),
            ExclusionConstraint(
                name="share_once_at_a_time",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    ("plan", RangeOperators.EQUAL),
                    ("part", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

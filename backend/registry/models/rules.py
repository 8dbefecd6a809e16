"""Rules that are data: tariffs, outcome themes, deadlines, approvals by amount, roles that one person may not join."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.accounts.models import Role
from backend.core.classification import public
from backend.core.models import Bilingual, Dated, Entity, Revised, Sourced, Versioned, one_at_a_time, validity_constraint
from backend.core.money import EuroField
from backend.registry.models.reference import YOUTH_PROJECT_CODE, MeasureCategory, ReimbursementKind, SpecialistRole


class TariffUnit(models.TextChoices):
    """What a rate is for."""

    HOUR = "HOUR", _("hour")
    DAY = "DAY", _("day")
    MONTH = "MONTH", _("month")
    MEAL = "MEAL", _("meal")
    TICKET = "TICKET", _("ticket")
    ITEM = "ITEM", _("item")
    PROJECT = "PROJECT", _("project")


class CapPeriod(models.TextChoices):
    """For how long a cap holds for one learner."""

    CLAIM = "CLAIM", _("claim")
    MONTH = "MONTH", _("month")
    SEMESTER = "SEMESTER", _("semester")


class Tariff(Entity, Sourced, Versioned, Dated):
    """What is paid for a kind of measure from a day on: a rate for a unit, a cap for a learner, or both.

    A version is never changed but for its last day; a new one begins where it ends. An institution's own (a dormitory's
    price list) goes before the general one. Unit rates and caps were not found in any source (domain.md 3.2, 12), so all
    but the youth project's lump sum are assumed and say so.
    """

    tag = "trf"

    programme = public(models.ForeignKey("territory.Programme", on_delete=models.PROTECT, related_name="tariffs"))
    institution = public(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="tariffs")
    )
    """Empty: holds everywhere."""
    category = public(models.CharField(max_length=20, choices=MeasureCategory))
    kind_code = public(models.CharField(max_length=40))
    """Code of the kind of measure (`MeasureKind.code`)."""
    unit = public(models.CharField(max_length=20, choices=TariffUnit))
    rate = public(EuroField(null=True, blank=True))
    """Euro for a unit; empty where the real cost is paid up to the cap."""
    cap = public(EuroField(null=True, blank=True))
    cap_period = public(models.CharField(max_length=20, choices=CapPeriod, blank=True))

    class Meta:
        ordering = ["kind_code", "valid_from"]
        constraints = [
            validity_constraint(prefix="tariff"),
            models.CheckConstraint(
                name="tariff_kind",
                condition=Q(category="CONSULTATION", kind_code__in=SpecialistRole.values)
                | Q(category="REIMBURSEMENT", kind_code__in=ReimbursementKind.values)
                | Q(category="YOUTH_PROJECT", kind_code=YOUTH_PROJECT_CODE),
            ),
            models.CheckConstraint(
                name="tariff_says_something",
                condition=Q(rate__isnull=False, rate__gt=0) | Q(rate__isnull=True, cap__isnull=False, cap__gt=0),
                violation_error_message=_("A tariff gives a rate, a cap, or both."),
            ),
            models.CheckConstraint(
                name="tariff_cap_has_period",
                condition=Q(cap__isnull=True, cap_period="") | (Q(cap__isnull=False, cap__gt=0) & ~Q(cap_period="")),
            ),
            one_at_a_time(
                "programme",
                "kind_code",
                name="tariff_no_overlap",
                condition=Q(institution__isnull=True),
                message=_("Another version of this tariff holds in this period."),
            ),
            one_at_a_time(
                "programme",
                "institution",
                "kind_code",
                name="tariff_no_overlap_of_institution",
                condition=Q(institution__isnull=False),
                message=_("Another version of this tariff holds in this period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_code} {self.valid_from}"


class OutcomeTheme(Entity, Bilingual, Sourced, Dated, Revised):
    """A theme in which a plan showed a result (domain.md 1.2: themes of the published evaluations)."""

    tag = "oth"

    code = public(models.CharField(max_length=60))
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["position"]
        constraints = [
            validity_constraint(prefix="outcome_theme"),
            one_at_a_time("code", name="outcome_theme_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.code


class InterruptionGround(Entity, Bilingual, Sourced, Dated, Revised):
    """A ground on which a plan is interrupted (pārtraukšanas pamats). No source lists any: the list is ours, to be edited."""

    tag = "igr"

    code = public(models.CharField(max_length=60))
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["position"]
        constraints = [
            validity_constraint(prefix="interruption_ground"),
            one_at_a_time("code", name="interruption_ground_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.code


class Step(models.TextChoices):
    """Steps of case work that fall due."""

    PLAN_SUBMIT = "PLAN_SUBMIT", _("submit the plan")
    PLAN_APPROVE_INSTITUTION = "PLAN_APPROVE_INSTITUTION", _("approve the plan as head")
    PLAN_APPROVE_MUNICIPALITY = "PLAN_APPROVE_MUNICIPALITY", _("approve the plan as municipality")
    PLAN_APPROVE_IKVD = "PLAN_APPROVE_IKVD", _("approve the plan as agency")
    PLAN_EVALUATE = "PLAN_EVALUATE", _("evaluate the plan")
    REMOTE_CONFIRM = "REMOTE_CONFIRM", _("confirm a remote consultation")
    CLAIM_APPROVE = "CLAIM_APPROVE", _("decide on the claim")
    TIMESHEET_APPROVE_INSTITUTION = "TIMESHEET_APPROVE_INSTITUTION", _("approve the timesheet as head")
    TIMESHEET_APPROVE_COORDINATOR = "TIMESHEET_APPROVE_COORDINATOR", _("approve the timesheet as coordinator")
    MONTH_SUBMIT = "MONTH_SUBMIT", _("submit the month")
    MONTH_PAY = "MONTH_PAY", _("pay the month")


class Anchor(models.TextChoices):
    """The day from which a deadline is counted."""

    SEMESTER_START = "SEMESTER_START", _("first day of the semester")
    SEMESTER_END = "SEMESTER_END", _("last day of the semester")
    MONTH_END = "MONTH_END", _("last day of the month")
    PREVIOUS_STEP = "PREVIOUS_STEP", _("day of the step before")


class Deadline(Entity, Sourced, Dated, Revised):
    """When a step falls due. Only the day for remote confirmations was found; the others are assumed (domain.md 12)."""

    tag = "ddl"

    step = public(models.CharField(max_length=40, choices=Step))
    anchor = public(models.CharField(max_length=20, choices=Anchor))
    days = public(models.SmallIntegerField())
    """Calendar days after the anchor; negative: before it."""

    class Meta:
        ordering = ["step", "valid_from"]
        constraints = [
            validity_constraint(prefix="deadline"),
            one_at_a_time("step", name="deadline_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.days:+d}"


class ApprovalSubject(models.TextChoices):
    PLAN = "PLAN", pgettext_lazy("what is approved", "plan, by the sum of its planned amounts")
    CLAIM = "CLAIM", pgettext_lazy("what is approved", "claim, by its amount")
    PAYMENT_BATCH = "PAYMENT_BATCH", pgettext_lazy("what is approved", "payment batch, by its total")


class ApprovalTier(Entity, Sourced, Dated, Revised):
    """How many people approve from an amount on, until the next tier begins."""

    tag = "apt"

    programme = public(models.ForeignKey("territory.Programme", on_delete=models.PROTECT, related_name="approval_tiers"))
    subject = public(models.CharField(max_length=20, choices=ApprovalSubject))
    amount_from = public(EuroField())
    approvals = public(models.PositiveSmallIntegerField())
    second_roles = public(ArrayField(models.CharField(max_length=40, choices=Role), default=list, blank=True))
    """Roles out of which the further approvers come; empty: the first one's."""

    class Meta:
        ordering = ["subject", "amount_from"]
        constraints = [
            validity_constraint(prefix="approval_tier"),
            models.CheckConstraint(name="approval_tier_numbers", condition=Q(amount_from__gte=0, approvals__range=(1, 3))),
            one_at_a_time("programme", "subject", "amount_from", name="approval_tier_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.amount_from}: {self.approvals}"


class IncompatibilityReach(models.TextChoices):
    SAME_CASE = "SAME_CASE", _("on the same case")
    SAME_UNIT = "SAME_UNIT", _("at the same unit")
    ANYWHERE = "ANYWHERE", _("anywhere")


class IncompatibleRoles(Entity, Sourced, Dated, Revised):
    """Two roles that one person may not join. The pair is written in the order of the roles' codes."""

    tag = "incr"

    first_role = public(models.CharField(max_length=40, choices=Role))
    second_role = public(models.CharField(max_length=40, choices=Role))
    reach = public(models.CharField(max_length=20, choices=IncompatibilityReach))

    class Meta:
        ordering = ["first_role", "second_role"]
        constraints = [
            validity_constraint(prefix="incompatible_roles"),
            models.CheckConstraint(name="incompatible_roles_order", condition=Q(first_role__lt=F("second_role"))),
            one_at_a_time("first_role", "second_role", name="incompatible_roles_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.first_role} x {self.second_role}"


class AccountKind(models.TextChoices):
    ASSET = "ASSET", _("asset")
    LIABILITY = "LIABILITY", _("liability")
    EXPENSE = "EXPENSE", _("expense")
    INCOME = "INCOME", _("income")


class LedgerAccount(Entity, Bilingual, Sourced):
    """An account of the ledger (konts). The chart is ours: no source gives one."""

    tag = "lacc"

    code = public(models.CharField(max_length=20, unique=True))
    kind = public(models.CharField(max_length=20, choices=AccountKind))

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

"""The programme: its terms, whom it covers, since when, and who pays which part."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import public
from backend.core.models import Bilingual, Dated, Entity, Revised, Sourced, one_at_a_time, validity_constraint
from backend.core.money import EuroField
from backend.territory.models.division import InstitutionKind


class ProgrammeKind(models.TextChoices):
    """What a learner follows. Stands on the enrolment, since general schools run vocational programmes too (contract)."""

    GENERAL = "GENERAL", _("general education")
    VOCATIONAL = "VOCATIONAL", _("vocational education")


class Programme(Entity, Bilingual, Sourced):
    """A funded programme (programma): PuMPuRS itself, later its successor. Its terms stand in `ProgrammeTerm`."""

    tag = "prg"

    code = public(models.CharField(max_length=40, unique=True))
    project_number = public(models.CharField(max_length=60))
    short_name = public(models.CharField(max_length=60))
    starts_on = public(models.DateField())
    ends_on = public(models.DateField())

    class Meta:
        constraints = [models.CheckConstraint(name="programme_period", condition=Q(ends_on__gte=F("starts_on")))]

    def __str__(self) -> str:
        return self.short_name


class ProgrammeTerm(Entity, Sourced):
    """A term of the programme that the sources state differently over time: grades, targets, money by source."""

    tag = "pterm"

    programme = public(models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="terms", db_index=False))
    code = public(models.CharField(max_length=60))
    revision = public(models.CharField(max_length=60))
    value_text = public(models.CharField(max_length=200, blank=True))
    value_number = public(EuroField(null=True, blank=True))
    unit = public(models.CharField(max_length=40, blank=True))
    valid_from = public(models.DateField(null=True, blank=True))
    valid_to = public(models.DateField(null=True, blank=True))

    class Meta:
        constraints = [models.UniqueConstraint(name="programme_term_revision", fields=["programme", "code", "revision"])]


class TargetGroup(Entity, Sourced, Dated, Revised):
    """Grades or courses that the programme covers from a day on: grades 5-12, since 1.9.2021 grades 1-12 (domain.md 0)."""

    tag = "tgrp"

    programme = public(models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="target_groups"))
    programme_kind = public(models.CharField(max_length=20, choices=ProgrammeKind))
    first_stage = public(models.PositiveSmallIntegerField())
    last_stage = public(models.PositiveSmallIntegerField())

    class Meta:
        ordering = ["programme_kind", "valid_from"]
        constraints = [
            validity_constraint(prefix="target_group"),
            models.CheckConstraint(
                name="target_group_stages",
                condition=Q(programme_kind="GENERAL", first_stage__gte=1, last_stage__gte=F("first_stage"), last_stage__lte=12)
                | Q(programme_kind="VOCATIONAL", first_stage__gte=1, last_stage__gte=F("first_stage"), last_stage__lte=4),
            ),
            one_at_a_time("programme", "programme_kind", name="target_group_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_kind} {self.first_stage}-{self.last_stage}"


class EligibleKind(Entity, Sourced, Dated):
    """A kind of institution that may take part, since when: state general schools and colleges since 2019 (domain.md 0)."""

    tag = "elig"

    programme = public(models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="eligible_kinds"))
    kind = public(models.CharField(max_length=30, choices=InstitutionKind))

    class Meta:
        ordering = ["valid_from", "kind"]
        constraints = [
            validity_constraint(prefix="eligible_kind"),
            one_at_a_time("programme", "kind", name="eligible_kind_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.valid_from}"


class FundingSource(Entity, Bilingual, Sourced):
    """Who pays a part: the European Social Fund, the state budget."""

    tag = "fsrc"

    programme = public(models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="funding_sources", db_index=False))
    code = public(models.CharField(max_length=20))
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="funding_source_of_programme", fields=["programme", "code"]),
            models.UniqueConstraint(name="funding_source_reference", fields=["id", "programme"]),
        ]

    def __str__(self) -> str:
        return self.code


class FundingRule(Entity, Sourced, Dated):
    """How an amount is split from a day on: `share` of it, rounded down at the figure's own precision, falls to one source
    and the rest to the other. 85 % rounded down gives both published divisions to the cent and to the euro (domain.md 0).
    """

    tag = "frule"

    programme = public(models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="funding_rules"))
    rounded_source = public(models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="+"))
    share = public(models.DecimalField(max_digits=7, decimal_places=6))
    rest_source = public(models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="+"))
    payment_precision = public(models.DecimalField(max_digits=4, decimal_places=2, default=Decimal("0.01")))
    plan_precision = public(models.DecimalField(max_digits=4, decimal_places=2, default=Decimal("1.00")))

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            validity_constraint(prefix="funding_rule"),
            models.CheckConstraint(name="funding_rule_share", condition=Q(share__gt=0, share__lt=1)),
            models.CheckConstraint(name="funding_rule_two_sources", condition=~Q(rounded_source=F("rest_source"))),
            models.CheckConstraint(name="funding_rule_precision", condition=Q(payment_precision__gt=0) & Q(plan_precision__gt=0)),
            one_at_a_time("programme", name="funding_rule_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.share} {self.valid_from}"


class BudgetRevision(Entity, Sourced):
    """The programme's money as one document states it. The shares add up to the total (the database checks at commit)."""

    tag = "brev"

    programme = public(models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="budget_revisions", db_index=False))
    code = public(models.CharField(max_length=60))
    stated_on = public(models.DateField(null=True, blank=True))
    """Day of the statement, where it was found."""
    position = public(models.PositiveSmallIntegerField(default=0))
    """Order of the statements in time, which is known even where the days are not."""
    total = public(EuroField())

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="budget_revision_code", fields=["programme", "code"]),
            models.CheckConstraint(name="budget_revision_positive", condition=Q(total__gt=0)),
        ]

    def __str__(self) -> str:
        return self.code


class BudgetShare(Entity, Sourced):
    """One source's part of a budget revision."""

    tag = "bshr"

    revision = public(models.ForeignKey(BudgetRevision, on_delete=models.CASCADE, related_name="shares", db_index=False))
    source_of_funds = public(models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="shares"))
    amount = public(EuroField())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="budget_share_once", fields=["revision", "source_of_funds"]),
            models.CheckConstraint(name="budget_share_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.source_of_funds_id} {self.amount}"

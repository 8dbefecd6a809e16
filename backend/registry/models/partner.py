"""What the agency holds on its partners: where they are paid, and what they plan on their own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, public
from backend.core.models import Dated, Entity, Sourced, Versioned, one_at_a_time, validity_constraint
from backend.registry.models.agreement import CooperationAgreement


class PartnerAccount(Entity, Versioned):
    """Bank account into which a partner is paid under an agreement; one at a time.

    A partner is a municipality or a state institution, so the account is internal, not personal. Row security shows it to
    whoever reads money.
    """

    tag = "pacc"

    agreement = internal(models.ForeignKey(CooperationAgreement, on_delete=models.PROTECT, related_name="accounts"))
    holder = internal(models.CharField(max_length=140), purpose=Purpose.SETTLEMENT)
    """Name of the account's holder as the bank has it (ISO 20022: 140 signs at most)."""
    iban = internal(models.CharField(max_length=34, db_collation="C"), purpose=Purpose.SETTLEMENT)
    bic = internal(models.CharField(max_length=11, blank=True, db_collation="C"), purpose=Purpose.SETTLEMENT)
    valid_from = internal(models.DateField(), purpose=Purpose.SETTLEMENT)
    valid_to = internal(models.DateField(null=True, blank=True), purpose=Purpose.SETTLEMENT)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            validity_constraint(prefix="partner_account"),
            models.CheckConstraint(
                name="partner_account_iban",
                condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
                violation_error_message=_("Write the IBAN without spaces, in capital letters."),
            ),
            models.CheckConstraint(
                name="partner_account_bic", condition=Q(bic="") | Q(bic__regex=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")
            ),
            one_at_a_time("agreement", name="partner_account_one_at_a_time"),
            models.UniqueConstraint(name="partner_account_reference", fields=["id", "agreement"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class PreventionPlan(Entity, Sourced, Dated):
    """A partner's medium-term plan of preventive and intervention measures (preventīvo un intervences pasākumu vidēja
    termiņa plāns). Each municipality must have one; youth projects must fit it (domain.md 4.2, 6).
    """

    tag = "mpl"

    municipality = public(
        models.ForeignKey(
            "territory.Municipality", on_delete=models.PROTECT, null=True, blank=True, related_name="prevention_plans"
        )
    )
    institution = public(
        models.ForeignKey(
            "territory.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="prevention_plans"
        )
    )
    title = public(models.CharField(max_length=300))
    number = public(models.CharField(max_length=60, blank=True))
    approved_on = public(models.DateField(null=True, blank=True))
    address = public(models.URLField(max_length=500, blank=True))
    """Where the partner publishes it."""
    summary = public(models.TextField(blank=True))

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            validity_constraint(prefix="prevention_plan"),
            models.CheckConstraint(
                name="prevention_plan_one_partner",
                condition=Q(municipality__isnull=False, institution__isnull=True)
                | Q(municipality__isnull=True, institution__isnull=False),
            ),
            one_at_a_time("municipality", name="prevention_plan_one_of_municipality"),
            one_at_a_time("institution", name="prevention_plan_one_of_institution"),
        ]

    def __str__(self) -> str:
        return self.title

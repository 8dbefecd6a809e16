"""Who may do what, where and when: role x level x unit x period."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal
from backend.core.models import Entity, Revised, validity_constraint


class Role(models.TextChoices):
    """Roles of the contract, with the Latvian term of the field."""

    PLAN_AUTHOR = "plan_author", _("plan author")  # PMP plāna ievadītājs / IAP sagatavotājs
    SUPPORT_PROVIDER = "support_provider", _("support provider")  # pedagogs, atbalsta personāls
    INSTITUTION_COORDINATOR = "institution_coordinator", _("institution coordinator")
    INSTITUTION_HEAD = "institution_head", _("head of institution")  # izglītības iestādes direktors
    MUNICIPALITY_COORDINATOR = "municipality_coordinator", _("municipality coordinator")
    VOCATIONAL_COORDINATOR = "vocational_coordinator", _("vocational institution coordinator")  # VPII koordinators
    REGIONAL_COORDINATOR = "regional_coordinator", _("regional coordinator")
    IKVD = "ikvd", _("state agency (IKVD)")
    EXPERT = "expert", _("expert")
    NGO = "ngo", _("youth organisation")
    TEAM_MEMBER = "team_member", _("cooperation team member")
    AUDITOR = "auditor", _("auditor")
    RESEARCHER = "researcher", _("researcher")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("data protection officer")
    EDITOR = "editor", _("editor")
    ADMINISTRATOR = "administrator", _("administrator")


class Level(models.TextChoices):
    """At which level a role is held."""

    STATE = "STATE", _("state")
    REGION = "REGION", _("region")
    MUNICIPALITY = "MUNICIPALITY", _("municipality")
    INSTITUTION = "INSTITUTION", _("institution")


class Assignment(Entity, Revised):
    """One role of one user at one unit for a period (both days included)."""

    tag = "asg"

    user = personal(
        models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="assignments", db_index=False),
        purpose=Purpose.ACCESS,
    )
    role = internal(models.CharField(max_length=40, choices=Role), purpose=Purpose.ACCESS)
    level = internal(models.CharField(max_length=20, choices=Level), purpose=Purpose.ACCESS)
    region = internal(
        models.ForeignKey("territory.Region", on_delete=models.PROTECT, null=True, blank=True), purpose=Purpose.ACCESS
    )
    municipality = internal(
        models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, null=True, blank=True), purpose=Purpose.ACCESS
    )
    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, null=True, blank=True), purpose=Purpose.ACCESS
    )
    valid_from = internal(models.DateField(), purpose=Purpose.ACCESS)
    valid_to = internal(models.DateField(null=True, blank=True), purpose=Purpose.ACCESS)

    class Meta:
        constraints = [
            validity_constraint(prefix="assignment"),
            models.CheckConstraint(
                name="assignment_unit_fits_level",
                condition=(
                    Q(level=Level.STATE, region=None, municipality=None, institution=None)
                    | Q(level=Level.REGION, region__isnull=False, municipality=None, institution=None)
                    | Q(level=Level.MUNICIPALITY, region=None, municipality__isnull=False, institution=None)
                    | Q(level=Level.INSTITUTION, region=None, municipality=None, institution__isnull=False)
                ),
                violation_error_message=_("The unit must be of the assignment's level."),
            ),
        ]
        indexes = [models.Index(fields=["user", "valid_from"], name="assignment_by_user")]

    def __str__(self) -> str:
        return f"{self.role} {self.unit_code}".strip()

    @property
    def unit_code(self) -> str:
        """Code of the unit; empty for the state."""
        unit = self.region or self.municipality or self.institution
        return unit.code if unit else ""

"""Youth organisations that apply, and the people who act for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal, public
from backend.core.models import Entity, Versioned, one_at_a_time, validity_constraint
from backend.core.text import SortKeyField


class ApplicantKind(models.TextChoices):
    """Who may apply (domain.md 6); each also together with a youth initiative group."""

    YOUTH_ORGANISATION = "YOUTH_ORGANISATION", _("youth organisation")  # jaunatnes organizācija
    ASSOCIATION = "ASSOCIATION", _("association doing youth work")  # biedrība
    FOUNDATION = "FOUNDATION", _("foundation doing youth work")  # nodibinājums


class YouthOrganisation(Entity, Versioned):
    """A non-governmental organisation that works with young people (jaunatnes organizācija, biedrība, nodibinājums)."""

    tag = "org"

    name = public(models.CharField(max_length=300))
    sort_key = public(SortKeyField())
    kind = public(models.CharField(max_length=30, choices=ApplicantKind))
    registration_number = public(models.CharField(max_length=20, blank=True, db_collation="C"))
    municipality = public(
        models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="youth_organisations", db_index=False)
    )
    """Its seat."""
    email = internal(models.EmailField(blank=True))
    website = public(models.URLField(blank=True))
    is_example = internal(models.BooleanField(default=False))
    """Invented for the demonstration."""

    class Meta:
        ordering = ["sort_key", "id"]
        indexes = [models.Index(fields=["municipality", "sort_key"], name="organisation_by_municipality")]
        constraints = [
            models.UniqueConstraint(
                name="organisation_registered_once", fields=["registration_number"], condition=~Q(registration_number="")
            ),
            models.UniqueConstraint(name="organisation_reference", fields=["id", "municipality"]),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationMember(Entity, Versioned):
    """A user who acts for an organisation in a period (both days included). Opens the organisation's projects to them."""

    tag = "orgm"

    organisation = internal(models.ForeignKey(YouthOrganisation, on_delete=models.PROTECT, related_name="members"))
    municipality = internal(models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="+"))
    """Repeats the organisation's seat, held equal by the database: the row's owner."""
    user = personal(
        models.ForeignKey(
            settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="organisation_memberships", db_index=False
        ),
        purpose=Purpose.ACCESS,
    )
    may_sign = internal(models.BooleanField(default=False), purpose=Purpose.ACCESS)
    """Whether this person may submit in the organisation's name (paraksttiesības)."""
    valid_from = internal(models.DateField(), purpose=Purpose.ACCESS)
    valid_to = internal(models.DateField(null=True, blank=True), purpose=Purpose.ACCESS)

    class Meta:
        ordering = ["valid_from", "id"]
        indexes = [models.Index(fields=["user", "valid_from"], name="organisation_member_by_user")]
        constraints = [
            validity_constraint(prefix="organisation_member"),
            one_at_a_time("organisation", "user", name="organisation_member_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.public_id

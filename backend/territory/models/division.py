"""The territorial division with its history, and institutions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import internal, public
from backend.core.models import Bilingual, Dated, Entity, Sourced, validity_constraint
from backend.core.text import SortKeyField


class Region(Entity, Bilingual, Sourced):
    """One of the five regions that the programme's regional coordinators serve (reģions)."""

    tag = "reg"

    code = public(models.CharField(max_length=20, unique=True))
    sort_key = public(SortKeyField())

    class Meta:
        ordering = ["sort_key"]

    def __str__(self) -> str:
        return self.name_lv


class MunicipalityKind(models.TextChoices):
    STATE_CITY = "STATE_CITY", _("state city")
    MUNICIPALITY = "MUNICIPALITY", _("municipality")
    FORMER = "FORMER", _("municipality of the division before July 2021")


class Municipality(Entity, Bilingual, Sourced, Dated):
    """A municipality (pašvaldība) with its validity and its successor: 43 since 1.7.2021, 42 since 1.7.2025."""

    tag = "mun"

    code = public(models.CharField(max_length=20, unique=True))
    kind = public(models.CharField(max_length=20, choices=MunicipalityKind))
    region = public(models.ForeignKey(Region, on_delete=models.PROTECT, related_name="municipalities"))
    statistical_region = public(models.CharField(max_length=40, blank=True))
    atvk_code = public(models.CharField(max_length=10, blank=True))
    successor = public(models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"))
    longitude = public(models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True))
    latitude = public(models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True))
    sort_key = public(SortKeyField())

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            validity_constraint(prefix="municipality"),
            models.CheckConstraint(name="municipality_successor_not_self", condition=~Q(successor=F("id"))),
        ]

    def __str__(self) -> str:
        return self.name_lv


class InstitutionKind(models.TextChoices):
    """Kinds of the contract (InstitutionKind)."""

    GENERAL = "GENERAL", _("general education institution of a municipality")
    STATE_GENERAL = "STATE_GENERAL", _("state general education institution")
    STATE_VOCATIONAL = "STATE_VOCATIONAL", _("state vocational education institution")
    MUNICIPAL_VOCATIONAL = "MUNICIPAL_VOCATIONAL", _("vocational education institution of a municipality")
    COLLEGE = "COLLEGE", _("college")
    OTHER = "OTHER", _("other institution")


STATE_KINDS = (InstitutionKind.STATE_GENERAL, InstitutionKind.STATE_VOCATIONAL, InstitutionKind.COLLEGE)
"""Institutions of the state: partners by an agreement of their own (domain.md 1.1, 4)."""


class Institution(Entity, Bilingual, Sourced):
    """An education institution (izglītības iestāde). A state one is a partner by its own agreement."""

    tag = "inst"

    code = public(models.CharField(max_length=40, unique=True))
    kind = public(models.CharField(max_length=30, choices=InstitutionKind))
    municipality = public(models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="institutions", db_index=False))
    address = public(models.CharField(max_length=300, blank=True))
    website = public(models.URLField(blank=True))
    sort_key = public(SortKeyField())
    is_example = internal(models.BooleanField(default=False))
    """Invented for the demonstration; real institutions are named only with facts from the sources."""

    class Meta:
        ordering = ["sort_key"]
        indexes = [models.Index(fields=["municipality", "sort_key"], name="institution_by_municipality")]

    def __str__(self) -> str:
        return self.name_lv

    @property
    def is_state(self) -> bool:
        """Whether plans skip the municipality's approval (domain.md 1.1)."""
        return self.kind in STATE_KINDS


class StructuralUnit(Entity, Bilingual, Sourced):
    """A unit of an institution in another place (struktūrvienība); its municipality can differ."""

    tag = "unit"

    institution = public(models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="units"))
    code = public(models.CharField(max_length=40, unique=True))
    municipality = public(models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+"))

    class Meta:
        constraints = [models.UniqueConstraint(name="structural_unit_of_institution", fields=["id", "institution"])]

    def __str__(self) -> str:
        return self.name_lv

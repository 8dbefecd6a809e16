"""Figures that others published, kept apart from anything the platform computes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.core.classification import public
from backend.core.models import Bilingual, Entity, Sourced


class Indicator(Entity, Bilingual):
    """What a published figure measures."""

    tag = "ind"

    code = public(models.CharField(max_length=60, unique=True))
    unit = public(models.CharField(max_length=60))
    position = public(models.PositiveSmallIntegerField())

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code


class Comparator(models.TextChoices):
    EQUAL = "=", _("exactly")
    MORE = ">", _("more than")
    ABOUT = "~", _("about")


class PublishedFigure(Entity, Sourced):
    """One figure as a source gives it. Sources disagree; none is corrected here."""

    tag = "fig"

    indicator = public(models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="figures"))
    period = public(models.CharField(max_length=60))
    """As the source words it: a school year, a semester, "to 12.2022", a call."""
    comparator = public(models.CharField(max_length=1, choices=Comparator, default=Comparator.EQUAL))
    value = public(models.DecimalField(max_digits=16, decimal_places=2))
    unit = public(models.CharField(max_length=60))
    position = public(models.PositiveSmallIntegerField(unique=True))
    """Place in the reference list, from 1."""

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="figure_once", fields=["indicator", "period"])]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period}"

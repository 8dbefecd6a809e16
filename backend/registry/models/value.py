"""The reference lists that people edit, as one list: each row of each of them in each of its versions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import public
from backend.core.models import Bilingual, Dated, Entity, Revised, Sourced


class ReferenceList(models.TextChoices):
    """A list that the agency edits (`registry.lists` says what a value of each says)."""

    RISK_FACTORS = "RISK_FACTORS", _("risk factors")  # riska faktori
    MEASURE_KINDS = "MEASURE_KINDS", _("kinds of measure")  # atbalsta pasākumu veidi
    POSITIONS = "POSITIONS", _("positions of specialists")  # amati
    OUTCOME_THEMES = "OUTCOME_THEMES", _("themes of a plan's outcome")  # izvērtējuma tēmas
    TARGET_GROUPS = "TARGET_GROUPS", _("grades and courses covered, by date")  # mērķa grupa
    INCOMPATIBLE_ROLES = "INCOMPATIBLE_ROLES", _("roles that one person may not hold together")  # nesavienojamas lomas
    APPROVAL_TIERS = "APPROVAL_TIERS", _("amounts above which a second approver is needed")
    INTERRUPTION_GROUNDS = "INTERRUPTION_GROUNDS", _("grounds on which a plan is interrupted")
    DEADLINES = "DEADLINES", pgettext_lazy("list", "deadlines by the semester's calendar")


class ReferenceValue(Entity, Bilingual, Sourced, Dated, Revised):
    """A value of one of the lists in one of its versions: a row of a view over their tables, under the key it has there.

    Read only. Values without a name of their own (a deadline, a pair of roles) are named in words by `registry.lists`.
    """

    tag = "rfv"

    list = public(models.CharField(max_length=40, choices=ReferenceList))
    code = public(models.CharField(max_length=120))
    position = public(models.IntegerField())
    properties = public(models.JSONField())
    """Stored values by the name that the API gives them."""

    class Meta:
        managed = False
        db_table = "registry_referencevalue"
        ordering = ["list", "position", "code", "valid_from"]

    def __str__(self) -> str:
        return f"{self.list} {self.code}"

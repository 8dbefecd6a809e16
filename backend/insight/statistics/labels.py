"""What codes of dimensions are called, in the active language, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Choices, Model
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from backend.cases.plans.models import AssessmentMoment, PlanStatus
from backend.insight.statistics.cubes import UNKNOWN, Dimension, Progress, Timeliness
from backend.registry.models import (
    MeasureCategory,
    MeasureKind,
    ReimbursementKind,
    RiskFactor,
    RiskGroup,
    RiskLevel,
    SpecialistRole,
)
from backend.territory.models import (
    FundingSource,
    Institution,
    InstitutionKind,
    Municipality,
    ProgrammeKind,
    Region,
)

CHOICES: Mapping[Dimension, tuple[type[Choices], ...]] = {
    Dimension.INSTITUTION_KIND: (InstitutionKind,),
    Dimension.PROGRAMME_KIND: (ProgrammeKind,),
    Dimension.RISK_GROUP: (RiskGroup,),
    Dimension.MOMENT: (AssessmentMoment,),
    Dimension.MEASURE_CATEGORY: (MeasureCategory,),
    Dimension.MEASURE_KIND: (SpecialistRole, ReimbursementKind),
    Dimension.PROGRESS: (Progress,),
    Dimension.SPECIALIST_ROLE: (SpecialistRole,),
    Dimension.PLAN_STATUS: (PlanStatus,),
    Dimension.TIMELINESS: (Timeliness,),
}
"""Dimensions whose codes are those of choices, in their order."""
_NAMED: Mapping[Dimension, tuple[type[Model], str]] = {
    Dimension.REGION: (Region, "code"),
    Dimension.MUNICIPALITY: (Municipality, "code"),
    Dimension.INSTITUTION: (Institution, "code"),
    Dimension.RISK_FACTOR: (RiskFactor, "code"),
    Dimension.MEASURE_KIND: (MeasureKind, "code"),
    Dimension.FUNDING_SOURCE: (FundingSource, "code"),
    Dimension.RISK_LEVEL: (RiskLevel, "value"),
}


def labels_of(dimension: Dimension, codes: Iterable[str]) -> dict[str, str]:
    """Code -> what it is called. One statement for dimensions that name rows, none for others; a code nobody names stays."""
    wanted = {code for code in codes if code != UNKNOWN}
    found = {code: code for code in wanted}
    found[UNKNOWN] = pgettext("source of funding", "none yet") if dimension is Dimension.FUNDING_SOURCE else _("not known")
    missing = set(wanted)
    for choices in CHOICES.get(dimension, ()):
        named = {str(value): str(label) for value, label in choices.choices if value in wanted}
        found |= named
        missing -= named.keys()
    if dimension in _NAMED and missing:
        model, column = _NAMED[dimension]
        english = (get_language() or "lv").startswith("en")
        for code, latvian, name in model._default_manager.filter(**{f"{column}__in": missing}).values_list(
            column, "name_lv", "name_en"
        ):
            found[str(code)] = (name if english else latvian) or latvian
    return found

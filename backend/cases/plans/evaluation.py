"""What an evaluation says besides its text: outcomes by theme, and the levels of risks at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.cases.plans.models import AssessmentMoment, SupportPlan
from backend.core import inputs
from backend.core.refusals import Code, Problems
from backend.core.text import nfc
from backend.registry.models import OutcomeTheme, RiskFactor, RiskLevel
from backend.territory.selectors import in_force


@dataclass(frozen=True)
class Outcome:
    """What a plan brought on one theme, named by its code."""

    theme_code: str
    note: str = ""


@dataclass(frozen=True)
class EndRisk:
    """The level at the end of a risk that was judged at the start; the factor by its id or its code."""

    level: int
    risk_factor_id: UUID | None = None
    risk_factor_code: str = ""
    note: str = ""


@dataclass(frozen=True)
class CheckedRisk:
    """An end risk that can be written."""

    factor: RiskFactor
    level: int
    note: str


def checked_outcomes(problems: Problems, outcomes: Sequence[Outcome], *, on: dt.date) -> list[tuple[OutcomeTheme, str]]:
    """(theme, words) of each outcome; problems at `outcomes.0.theme_code` and the like."""
    themes = {theme.code: theme for theme in OutcomeTheme.objects.filter(in_force(on))}
    found: dict[str, tuple[OutcomeTheme, str]] = {}
    for position, given in enumerate(outcomes):
        own, code = Problems(), nfc(given.theme_code)
        note = inputs.paragraphs(own, given.note, "note")
        if code not in themes:
            own.add(Code.NOT_FOUND, _("There is no such theme. Choose one of the list."), "theme_code")
        elif code in found:
            own.add(Code.DUPLICATE, _("The theme stands there already. Say all of it in one."), "theme_code")
        else:
            found[code] = (themes[code], note)
        problems.extend(problem.under(f"outcomes.{position}") for problem in own)
    return list(found.values())


def checked_risks(problems: Problems, plan: SupportPlan, risks: Sequence[EndRisk]) -> list[CheckedRisk]:
    """The end risks with their factors: those judged at the plan's start. Problems at `end_risks.0.level` and the like."""
    started = [
        risk.risk_factor for risk in plan.risks.filter(moment=AssessmentMoment.START).select_related("risk_factor").order_by("id")
    ]
    scale = set(RiskLevel.objects.values_list("value", flat=True))
    found: dict[UUID, CheckedRisk] = {}
    for position, given in enumerate(risks):
        own, code = Problems(), nfc(given.risk_factor_code)
        note = inputs.paragraphs(own, given.note, "note")
        factor = next((one for one in started if one.pk == given.risk_factor_id or one.code == code), None)
        if factor is None:
            message = _("This risk was not judged at the plan's start. Judge it by itself first.")
            own.add(Code.NOT_FOUND, message, "risk_factor_id")
        elif factor.pk in found:
            own.add(Code.DUPLICATE, _("The risk stands there already. Give one level for it."), "risk_factor_id")
        elif given.level not in scale:
            own.add(Code.INVALID, _("The scale has no such level. Choose one of the list."), "level")
        else:
            found[factor.pk] = CheckedRisk(factor, given.level, note)
        problems.extend(problem.under(f"end_risks.{position}") for problem in own)
    return list(found.values())

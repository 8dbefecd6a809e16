"""Reads of indicators, warnings and studies, inside the caller's scope."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.insight.evaluation.models import EarlyWarning, EarlyWarningRule, LearnerIndicator, Study, StudyResult
from backend.insight.evaluation.policies import INDICATORS, RULES, STUDIES, WARNINGS
from backend.territory.selectors import in_force


def learner_indicators(*, scope: Scope) -> QuerySet[LearnerIndicator]:
    """Absences and marks, by semester."""
    return LearnerIndicator.objects.filter(INDICATORS.visible(scope)).order_by("semester__starts_on", "id")


def early_warning_rules(*, scope: Scope, on: dt.date | None = None) -> QuerySet[EarlyWarningRule]:
    """Rules of early warning; with `on`, those in force on that day."""
    found = EarlyWarningRule.objects.filter(RULES.visible(scope)).order_by("code", "valid_from")
    return found.filter(in_force(on)) if on is not None else found


def early_warnings(*, scope: Scope) -> QuerySet[EarlyWarning]:
    """Warnings, the latest first."""
    return EarlyWarning.objects.filter(WARNINGS.visible(scope)).order_by("-raised_at", "id")


def studies(*, scope: Scope) -> QuerySet[Study]:
    """Studies by their code."""
    return Study.objects.filter(STUDIES.visible(scope)).order_by("code")


def study_results(*, scope: Scope) -> QuerySet[StudyResult]:
    """Results of studies, the latest first."""
    return StudyResult.objects.filter(STUDIES.visible(scope)).order_by("-computed_at", "id")


def latest_result(*, scope: Scope, code: str) -> StudyResult | None:
    """The newest result of a study by its code; None where there is none or it is not reached."""
    return study_results(scope=scope).filter(study__code=code).first()

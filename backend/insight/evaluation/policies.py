"""Who sees indicators, warnings and studies."""

from __future__ import annotations

from django.db.models import Q

from backend.accounts.policy import NOTHING, Policy, PublicPolicy
from backend.accounts.roles import Area
from backend.accounts.scope import Scope


class IndicatorPolicy(Policy):
    """Absences and marks go with the learner."""

    area = Area.LEARNERS


class WarningPolicy(Policy):
    """Warnings go with the plans that they may lead to."""

    area = Area.PLANS


class RulePolicy(PublicPolicy):
    """Rules are open: whoever is judged by one may read it."""


class StudyPolicy(PublicPolicy):
    """Studies are for those who read statistics."""

    area = Area.STATISTICS

    def visible(self, scope: Scope) -> Q:
        return Q() if scope.opens_anything(self.area) else NOTHING


INDICATORS = IndicatorPolicy()
WARNINGS = WarningPolicy()
RULES = RulePolicy()
STUDIES = StudyPolicy()

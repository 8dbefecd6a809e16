"""Who reads computed statistics: whoever has them open for the institutions they are computed over."""

from __future__ import annotations

from backend.accounts.policy import Policy
from backend.accounts.roles import Area


class CaseStatisticsPolicy(Policy):
    """Case rows as material of sums: they never leave as rows."""

    area = Area.STATISTICS


CASE_STATISTICS = CaseStatisticsPolicy()

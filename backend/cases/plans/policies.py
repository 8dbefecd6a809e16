"""Who sees plans and what they say: whoever reads plans of the institution."""

from __future__ import annotations

from backend.accounts.policy import Policy
from backend.accounts.roles import Area


class PlanPolicy(Policy):
    """Plans, their steps, risks and measures carry their institution."""

    area = Area.PLANS


PLANS = PlanPolicy()

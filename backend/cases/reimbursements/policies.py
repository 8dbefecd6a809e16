"""Who sees claims: whoever reads the money of the institution."""

from __future__ import annotations

from backend.accounts.policy import Policy
from backend.accounts.roles import Area


class ClaimPolicy(Policy):
    """A claim carries its measure's institution."""

    area = Area.MONEY


CLAIMS = ClaimPolicy()

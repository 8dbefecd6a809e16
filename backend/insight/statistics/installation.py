"""The scope in which the installation itself works with statistics: as the agency, over the whole state."""

from __future__ import annotations

from backend.accounts.models import Level, Role
from backend.accounts.scope import Holding, Scope


def installation() -> Scope:
    """Nobody's own: no principal, the agency's reach, on the business day."""
    whole = Holding(role=Role.IKVD, level=Level.STATE, unit_code="", whole_state=True, institution_ids=frozenset())
    return Scope(holdings=(whole,))

"""Which institutions figures are about, and whether the caller's statistics reach all of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from backend.accounts.scope import Scope
from backend.insight.statistics.policies import CASE_STATISTICS
from backend.territory.models import Institution, Municipality, Region
from backend.territory.selectors import institutions_in_division


@dataclass(frozen=True)
class Reach:
    """The institutions that were asked for."""

    inside: Q
    """Condition on `institution_id`."""
    keys: frozenset[UUID] | None
    """The same as keys; None for the whole country."""
    whole: bool = True
    """Whether the caller reaches all of them; figures of the others leave only protected."""

    @property
    def places(self) -> list[UUID] | None:
        """The keys as a parameter; None for the whole country."""
        return None if self.keys is None else sorted(self.keys)


def asked_for(
    *,
    scope: Scope,
    institution: Institution | None = None,
    municipality: Municipality | None = None,
    region: Region | None = None,
    on: dt.date,
) -> Reach | None:
    """What was asked for by the division of a day: a unit, or, naming none, everything within reach. One statement at most.

    None for who reads no statistics at all. Raises ValueError for more than one unit.
    """
    if sum(unit is not None for unit in (institution, municipality, region)) > 1:
        raise ValueError("Ask for one unit.")
    whole_state, reached = scope.reaches_whole_state(CASE_STATISTICS.area), scope.institutions(CASE_STATISTICS.area)
    if not whole_state and not reached:
        return None
    if institution is None and municipality is None and region is None:
        return Reach(CASE_STATISTICS.visible(scope), None if whole_state else reached)
    asked = frozenset(
        [institution.pk] if institution else institutions_in_division(municipality=municipality, region=region, on=on)
    )
    return Reach(Q(institution_id__in=asked), asked, whole=whole_state or bool(asked and asked <= reached))

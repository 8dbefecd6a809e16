"""One policy object a model: which rows a scope reaches, as a Q, and why it reaches one.

Selectors filter by `visible()`, and the same Q is compiled into documents; `why()` is the reason that a read is logged
with. Row security in the database is written independently of this and tested against the same oracle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Expression, F, Q

from backend.accounts.roles import Area
from backend.accounts.scope import Scope

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Reason:
    """Why access was given: the role held, its level and unit."""

    role: str
    level: str
    unit_code: str

    def __str__(self) -> str:
        return f"{self.role} {self.level} {self.unit_code}".strip()


class Policy:
    """Rows owned by an institution. Subclasses name the area and, where it differs, how the owner is found."""

    area: ClassVar[Area]
    institution_path: ClassVar[str] = "institution_id"

    def visible(self, scope: Scope) -> Q:
        """Condition for the rows that `scope` reaches; indexable by institution."""
        if scope.reaches_whole_state(self.area):
            return Q()
        institutions = scope.institutions(self.area)
        return self.owned_by(institutions) if institutions else NOTHING

    def owned_by(self, institutions: frozenset[UUID]) -> Q:
        """Condition for the rows of some institutions."""
        return Q(**{f"{self.institution_path}__in": institutions})

    def owners_of(self, row: Any) -> Iterable[UUID]:
        """Institutions through which `row` can be reached."""
        return [getattr(row, self.institution_path)]

    def reached_through(self, scope: Scope) -> Expression | F:
        """The institution through which `scope` reaches a row, as a column: what a read is logged under."""
        return F(self.institution_path)

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        """Why `scope` reaches `row`, or None when it does not."""
        holding = scope.holding_for(self.area, self.owners_of(row))
        return Reason(holding.role, holding.level, holding.unit_code) if holding else None


class PublicPolicy(Policy):
    """Reference data and the registry's public part: everybody who may call at all sees every row."""

    area = Area.REGISTRY

    def visible(self, scope: Scope) -> Q:
        return Q()

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        return Reason("public", "", "")

"""Whose turn it is: which rows wait for a caller in which role, as conditions of the database.

Each room of case work says in its `waiting.py` what its steps wait for, with the conditions of its services; this module says
which of these steps are the caller's to take. Nothing that waits is stored: it follows from the state of things
(docs/decisions/0118-what-waits-is-derived.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Expression,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from backend.accounts.policy import NOTHING, Policy
from backend.accounts.roles import Area
from backend.accounts.scope import Scope, nearest_first
from backend.registry.models import IncompatibilityReach, IncompatibleRoles
from backend.territory.selectors import in_force

ROLE = "_role"
"""Annotation: the role in which the caller, or whoever it waits for, takes the step."""
SINCE = "_since"
"""Annotation: the moment at which the step began to wait."""


def _always(_role: str) -> Q:
    return Q()


@dataclass(frozen=True)
class Desk:
    """What waits for a caller; with `everyones`, what waits for anybody in the rooms that the caller reads."""

    scope: Scope
    everyones: bool = False

    @property
    def person(self) -> UUID | None:
        """Whose own things are left out, since nobody decides on the own; None where it is not about one person."""
        return None if self.everyones else self.scope.principal_id

    def turns(
        self,
        rows: QuerySet[Any],
        *,
        policy: Policy,
        area: Area | None = None,
        roles: Sequence[str],
        path: str = "institution_id",
        when: Callable[[str], Q] = _always,
        acted: Callable[[str], Q] | None = None,
        separate: bool = True,
    ) -> QuerySet[Any] | None:
        """Of `rows` those whose step is taken in one of `roles` at the institution of `path`, with that role as `_role`.

        `when` says in which rows a role is asked for; `acted`, in which the caller has acted in a role already, for roles that
        one person may not join (where `separate`). `area` is where the step writes; default: the policy's. The role is the
        nearest, as the services choose it. None where there can be no row: the caller holds no such role, or the app's token
        does not write the area.
        """
        if policy.visible(self.scope) == NOTHING:
            return None
        rows = rows.filter(policy.visible(self.scope))
        places = self._places(area or policy.area, roles, path)
        if not places:
            return None
        whens = [(role, here & when(role)) for role, here in places]
        named: QuerySet[Any] = rows.filter(_any(condition for _role, condition in whens)).annotate(**{ROLE: _case(whens)})
        if self.everyones or not separate:
            return named
        allowed = [
            Q(**{ROLE: role}) & apart
            for role in dict.fromkeys(role for role, _here in places)
            if (apart := self._apart(role, path, acted)) is not None
        ]
        return named.filter(_any(allowed)) if allowed else None

    def may_not_join(self, one: str, other: str) -> bool:
        """Whether the list of incompatible roles keeps one person from acting in both on one case, at the least."""
        return any({first, second} == {one, other} for first, second, _reach in self._pairs)

    def holds(self, area: Area, *roles: str) -> bool:
        """Whether there is anybody to take a step: the caller writes the area in one of `roles`, or everybody's are shown."""
        return self.everyones or any(held.role in roles for held in self.scope.writing(area))

    def _places(self, area: Area, roles: Sequence[str], path: str) -> list[tuple[str, Q]]:
        """(role, condition for where it is held), the nearest assignment first."""
        if self.everyones:
            return [(str(role), Q()) for role in roles]
        return [
            (held.role, Q() if held.whole_state else Q(**{f"{path}__in": held.institution_ids}))
            for held in nearest_first(self.scope.writing(area))
            if held.role in roles and (held.whole_state or held.institution_ids)
        ]

    def _apart(self, role: str, path: str, acted: Callable[[str], Q] | None) -> Q | None:
        """Condition for the rows in which acting in `role` joins it with none that it may not be joined with; None: nowhere."""
        condition = Q()
        for first, second, reach in self._pairs:
            if role not in {first, second}:
                continue
            other = second if role == first else first
            if reach == IncompatibilityReach.ANYWHERE and other in self.scope.roles:
                return None
            if reach == IncompatibilityReach.SAME_UNIT:
                for held in self.scope.holdings:
                    if held.role == other and held.whole_state:
                        return None
                    if held.role == other and held.institution_ids:
                        condition &= ~Q(**{f"{path}__in": held.institution_ids})
            if reach == IncompatibilityReach.SAME_CASE and acted is not None:
                condition &= ~acted(other)
        return condition

    @cached_property
    def _pairs(self) -> list[tuple[str, str, str]]:
        rows = IncompatibleRoles.objects.filter(in_force(self.scope.on)).order_by("first_role", "second_role")
        return list(rows.values_list("first_role", "second_role", "reach"))


@dataclass(frozen=True)
class Waiting:
    """Things of one kind that wait: rows of a room, annotated with `_role`, and where the columns of an item come from.

    `kind` is a code of `workspace.WorkKind`. Paths and expressions stand on the rows; an empty path: there is none.
    """

    kind: str
    room: Area
    tag: str
    rows: QuerySet[Any]
    since: str = SINCE
    """Column or annotation with the moment at which it began to wait."""
    due: Combinable | None = None
    """Day by which it is due; None where no deadline says it."""
    subject: str = "pk"
    institution: str = "institution_id"
    learner: str = ""
    semester: str = ""
    assignee: str = ""
    """The one person who is to do it, before others who may."""
    detail: str = ""
    """Number of the plan, or first day of the month, for the title."""
    further: str = ""
    """What tells items of one kind and subject apart, such as the month."""

    @classmethod
    def of(cls, rows: QuerySet[Any] | None, **words: Any) -> Iterator[Waiting]:
        """The things of `Desk.turns`, described by `words` (the other fields); nothing where there can be none."""
        if rows is not None:
            yield cls(rows=rows, **words)


def since_last(steps: type[Model], *, of: str) -> Coalesce:
    """The moment of a row's last step, or of its making: `steps` have `at`, and name the row by the key `of`."""
    last = steps._default_manager.filter(**{of: OuterRef("pk")}).order_by("-at", "-id").values("at")[:1]
    return Coalesce(Subquery(last), "created_at", output_field=DateTimeField())


def _any(conditions: Iterable[Q]) -> Q:
    """One of them holds. An empty condition holds always."""
    found: Q | None = None
    for condition in conditions:
        if not condition:
            return Q()
        found = condition if found is None else found | condition
    return NOTHING if found is None else found


def _case(whens: Iterable[tuple[str, Q]]) -> Expression:
    """The first role whose condition holds."""
    parts: list[When] = []
    for role, condition in whens:
        if not condition:
            return Case(*parts, default=Value(role), output_field=CharField())
        parts.append(When(condition, then=Value(role)))
    return Case(*parts, default=Value(""), output_field=CharField())

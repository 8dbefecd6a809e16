"""Whether a caller may take a step at an institution, and why or why not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Level, Role
from backend.accounts.policy import Reason
from backend.accounts.roles import ACTS, Act, Area
from backend.accounts.scope import Holding, Scope, nearest_first
from backend.core.refusals import Code, Message, Problem, Refusal, listed


@dataclass(frozen=True)
class Decision:
    """An answer with its reason: `because` the holding that allows the step, or `why_not` in words with a remedy."""

    because: Reason | None
    why_not: Message = ""

    @property
    def allowed(self) -> bool:
        """Whether the step may be taken."""
        return self.because is not None

    def problem(self, field: str = "") -> Problem:
        """The refusal of a step that is not allowed."""
        return Problem(Code.NOT_ALLOWED, self.why_not, field)


@dataclass(frozen=True)
class Place:
    """A unit for which a step is taken; none of the three: the whole state."""

    institution_id: UUID | None = None
    municipality_code: str = ""
    region_code: str = ""

    def lies_under(self, holding: Holding) -> bool:
        """Whether an assignment covers it: its own unit, a wider one, or the state."""
        if holding.whole_state:
            return True
        if self.institution_id is not None:
            return holding.covers(self.institution_id)
        if self.municipality_code and (holding.level, holding.unit_code) == (Level.MUNICIPALITY, self.municipality_code):
            return True
        return bool(self.region_code) and (holding.level, holding.unit_code) == (Level.REGION, self.region_code)


def may(*, scope: Scope, act: Act, institution_id: UUID) -> Decision:
    """Whether `scope` may take a step at an institution: by an assignment in force whose role takes it there, and, for an
    app, by a token that carries the area's write scope. Institutions are public, so the answer tells nothing of persons.
    """
    return may_at(scope=scope, act=act, place=Place(institution_id=institution_id))


def may_at(*, scope: Scope, act: Act, place: Place) -> Decision:
    """As `may`, at a unit of any level. A municipality's place names its region too, so that the region covers it."""
    area, roles = ACTS[act]
    return holds_at(scope=scope, area=area, roles=roles, place=place)


def holds_at(*, scope: Scope, area: Area, roles: frozenset[str], place: Place) -> Decision:
    """Whether `scope` writes an area at a unit in one of some roles."""
    if not scope.holds_token_scope(area.writing):
        lacking = _("The app's token lacks the scope {scope}. Ask for a token with it.")
        return Decision(None, format_lazy(lacking, scope=area.writing))
    for holding in nearest_first(scope.writing(area)):
        if holding.role in roles and place.lies_under(holding):
            return Decision(Reason(holding.role, holding.level, holding.unit_code))
    named = listed(*(Role(role).label for role in sorted(roles)))
    if place.institution_id is None:
        wanted = _("Only these roles may do this: {roles}. Ask one of them.")
    else:
        wanted = _("Only these roles may do this at this institution: {roles}. Ask the institution to attach you.")
    return Decision(None, format_lazy(wanted, roles=named))


def require(*, scope: Scope, act: Act, institution_id: UUID, field: str) -> Reason:
    """Why the step may be taken. Raises Refusal with NOT_ALLOWED at `field` when it may not."""
    decision = may(scope=scope, act=act, institution_id=institution_id)
    if decision.because is None:
        raise Refusal(decision.problem(field))
    return decision.because


def require_at(*, scope: Scope, act: Act, place: Place, field: str = "") -> Reason:
    """Why the step may be taken at a unit of any level. Raises Refusal with NOT_ALLOWED at `field` when it may not."""
    decision = may_at(scope=scope, act=act, place=place)
    if decision.because is None:
        raise Refusal(decision.problem(field))
    return decision.because

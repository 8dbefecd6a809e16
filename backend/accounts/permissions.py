"""Whether a caller may take a step at an institution, and why or why not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.policy import Reason
from backend.accounts.roles import ACTS, Act
from backend.accounts.scope import Scope, nearest_first
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


def may(*, scope: Scope, act: Act, institution_id: UUID) -> Decision:
    """Whether `scope` may take a step at an institution: by an assignment in force whose role takes it there, and, for an
    app, by a token that carries the area's write scope. Institutions are public, so the answer tells nothing of persons.
    """
    area, roles = ACTS[act]
    if not scope.holds_token_scope(area.writing):
        lacking = _("The app's token lacks the scope {scope}. Ask for a token with it.")
        return Decision(None, format_lazy(lacking, scope=area.writing))
    for holding in nearest_first(scope.writing(area)):
        if holding.role in roles and holding.covers(institution_id):
            return Decision(Reason(holding.role, holding.level, holding.unit_code))
    wanted = _("Only these roles may do this at this institution: {roles}. Ask the institution to attach you.")
    return Decision(None, format_lazy(wanted, roles=listed(*(Role(role).label for role in sorted(roles)))))


def require(*, scope: Scope, act: Act, institution_id: UUID, field: str) -> Reason:
    """Why the step may be taken. Raises Refusal with NOT_ALLOWED at `field` when it may not."""
    decision = may(scope=scope, act=act, institution_id=institution_id)
    if decision.because is None:
        raise Refusal(decision.problem(field))
    return decision.because

"""How many people approve money, and who may: never the own claim, no two incompatible roles, as many as the amount asks for.

Tiers and pairs of roles are data (`registry.ApprovalTier`, `registry.IncompatibleRoles`), by date.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.scope import Scope
from backend.core.refusals import Code, Problems, listed
from backend.registry.models import ApprovalSubject, ApprovalTier, IncompatibilityReach, IncompatibleRoles
from backend.territory.selectors import in_force


@dataclass(frozen=True)
class Tier:
    """People who approve, and the roles out of which those after the first come; none: the first one's."""

    approvals: int
    further_roles: frozenset[str]


def tier_for(*, subject: ApprovalSubject, amount: Decimal, programme_id: UUID, on: dt.date) -> Tier:
    """The highest tier in force on a day that an amount reaches, whatever its sign; one person where no tier says it."""
    found = (
        ApprovalTier.objects.filter(in_force(on), subject=subject, programme_id=programme_id, amount_from__lte=abs(amount))
        .order_by("-amount_from")
        .first()
    )
    return Tier(found.approvals, frozenset(found.second_roles)) if found else Tier(1, frozenset())


def check_compatible(
    problems: Problems, *, scope: Scope, institution_id: UUID, role: str, roles_on_case: set[str], field: str
) -> None:
    """Note it where acting in `role` joins a role that one person may not join with it.

    `roles_on_case`: the roles in which the caller has acted on this case.
    """
    joined = {
        IncompatibilityReach.SAME_CASE: roles_on_case,
        IncompatibilityReach.SAME_UNIT: {held.role for held in scope.holdings if held.covers(institution_id)},
        IncompatibilityReach.ANYWHERE: set(scope.roles),
    }
    pairs = IncompatibleRoles.objects.filter(in_force(scope.on)).filter(Q(first_role=role) | Q(second_role=role))
    for pair in pairs.order_by("first_role", "second_role"):
        other = pair.second_role if pair.first_role == role else pair.first_role
        if other in joined[IncompatibilityReach(pair.reach)]:
            wording = _("Nobody joins the roles {roles} {reach}. Leave the decision to somebody else.")
            labels = listed(*(Role(each).label for each in sorted((role, other))))
            reach = IncompatibilityReach(pair.reach).label
            problems.add(Code.NOT_ALLOWED, format_lazy(wording, roles=labels, reach=reach), field)

"""Who takes which step of a timesheet and of a month (domain.md 4.1, DL07): the head, then the coordinator of the partner."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.core.refusals import Code, Problem
from backend.registry.models import IncompatibilityReach, IncompatibleRoles
from backend.territory.models import STATE_KINDS, Institution
from backend.territory.selectors import in_force


def coordinator_of(institution: Institution) -> Role:
    """Who approves after the head and submits the month: a state institution is a partner by its own agreement and has its own
    coordinator; every other one belongs to its municipality's (domain.md 1.1, 4).
    """
    return Role.VOCATIONAL_COORDINATOR if institution.is_state else Role.MUNICIPALITY_COORDINATOR


def coordinated_by(role: Role) -> Q:
    """Over rows with an institution: those whose `coordinator_of` is in a role."""
    of_state = Q(institution__kind__in=STATE_KINDS)
    return of_state if role is Role.VOCATIONAL_COORDINATOR else ~of_state


def steps_taken_by(scope: Scope, institution: Institution) -> set[Role]:
    """Of the head and the coordinator, the roles in which the caller acts at the institution."""
    wanted = {Role.INSTITUTION_HEAD, coordinator_of(institution)}
    return {Role(held.role) for held in scope.writing(Area.DELIVERY) if held.role in wanted and held.covers(institution.pk)}


def not_allowed(scope: Scope, institution: Institution, field: str, *roles: Role) -> Problem:
    """The refusal of somebody who takes no step here."""
    if not scope.holds_token_scope(Area.DELIVERY.writing):
        lacking = _("The app's token lacks the scope {scope}. Ask for a token with it.")
        return Problem(Code.NOT_ALLOWED, format_lazy(lacking, scope=Area.DELIVERY.writing), field)
    if roles == (coordinator_of(institution),):
        wording = _("Only this role may do this at this institution: {role}.")
        return Problem(Code.NOT_ALLOWED, format_lazy(wording, role=roles[0].label), field)
    wording = _("The head of the institution and this role decide on its timesheets: {role}.")
    return Problem(Code.NOT_ALLOWED, format_lazy(wording, role=coordinator_of(institution).label), field)


def same_person_may_not(*, first: Role, second: Role, on: dt.date) -> bool:
    """Whether the list of incompatible roles keeps one person from acting in both on one case (reach SAME_CASE or wider)."""
    one, other = sorted((str(first), str(second)))
    return IncompatibleRoles.objects.filter(
        in_force(on), Q(reach__in=IncompatibilityReach.values), first_role=one, second_role=other
    ).exists()

"""Attaching people to units with a role and a period, and ending it (domain.md 4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked, touch
from backend.accounts.models import Assignment, Level, Role, User
from backend.accounts.permissions import Place, holds_at
from backend.accounts.policies import ASSIGNMENTS
from backend.accounts.roles import ATTACHED_BY, LEVEL_OF, Area
from backend.accounts.scope import Scope
from backend.core import inputs
from backend.core.refusals import Code, Problems, refuse
from backend.core.trail.context import reason_noted
from backend.registry.models import IncompatibilityReach, IncompatibleRoles, Position, StaffContract
from backend.territory.models import Institution, Municipality, Region
from backend.territory.selectors import in_force

_COORDINATORS = (Role.INSTITUTION_COORDINATOR, Role.VOCATIONAL_COORDINATOR)
_FARTHEST = dt.timedelta(days=366)
Days = tuple[dt.date, dt.date | None]
"""First and last day; None: without an end."""


@dataclass(frozen=True)
class _Unit:
    """Where a role is held, and what covers it."""

    level: str
    place: Place
    region_id: UUID | None = None
    municipality_id: UUID | None = None
    institution_id: UUID | None = None

    @property
    def columns(self) -> dict[str, UUID | None]:
        return {"region_id": self.region_id, "municipality_id": self.municipality_id, "institution_id": self.institution_id}


@command("assignStaff", answer=by_key(Assignment))
def assign_staff(
    *,
    scope: Scope,
    role: str,
    valid_from: dt.date,
    account_id: UUID | None = None,
    username: str = "",
    institution_id: UUID | None = None,
    municipality_id: UUID | None = None,
    region_id: UUID | None = None,
    position_code: str = "",
    contract_number: str = "",
    valid_to: dt.date | None = None,
    client_mutation_id: str = "",
) -> Assignment:
    """Attach somebody to a unit with a role and a period; the unit by one of its ids, none of them for the state.

    Who may attach whom follows from the role (`ATTACHED_BY`); nobody attaches themselves. An institution has a coordinator
    before it has plan authors (domain.md 4). With a position the employment contract is recorded as well.

    Raises Refusal: REQUIRED, INVALID, NOT_FOUND of the inputs, NOT_ALLOWED, DUPLICATE (the same role there in that period),
    UNMET_CONDITION (no coordinator yet; roles that one person may not join).
    """
    problems = Problems()
    if role not in Role.values:
        refuse(Code.INVALID, _("There is no such role. Write it as in plan_author."), "role")
    unit = _unit(role, institution_id, municipality_id, region_id)
    _check_right(scope, role, unit, "role")
    user = _account(scope, account_id, username)
    _check_days(problems, valid_from, valid_to, today=scope.on)
    position = _position(problems, unit, position_code, valid_from)
    number = inputs.line(problems, contract_number, "contract_number", longest=60, required=False)
    if number and not position_code:
        problems.add(Code.REQUIRED, _("Name the position of the contract."), "position_code")
    problems.refuse()
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one at a time: two of the same are told apart
    _check_same(problems, user, role, unit, (valid_from, valid_to))
    _check_coordinator(problems, role, unit, valid_from)
    _check_compatible(problems, user, role, unit, (valid_from, valid_to))
    problems.refuse()
    assignment = Assignment(user=user, role=role, level=unit.level, valid_from=valid_from, valid_to=valid_to, **unit.columns)
    assignment.save(force_insert=True)
    if position is not None and unit.institution_id is not None:
        StaffContract(
            user=user,
            institution_id=unit.institution_id,
            position=position,
            number=number,
            starts_on=valid_from,
            ends_on=valid_to,
        ).save(force_insert=True)
    return assignment


@command("endAssignment", answer=by_key(Assignment))
def end_assignment(
    *,
    scope: Scope,
    assignment_id: UUID,
    valid_to: dt.date,
    reason: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> Assignment:
    """End an assignment on its last day. The reason goes into the trail; what was done until then stays.

    Raises Refusal: NOT_FOUND, CONFLICT (another version), NOT_ALLOWED (as for attaching), LOCKED (it has ended), OUT_OF_PERIOD,
    INVALID, UNMET_CONDITION (the last coordinator of an institution that has plan authors).
    """
    rows = Assignment.objects.filter(ASSIGNMENTS.visible(scope))
    assignment = locked(rows, pk=assignment_id, expected_version=expected_version, field="assignment_id")
    unit = _unit_of(assignment)
    _check_right(scope, assignment.role, unit, "assignment_id")
    if assignment.valid_to is not None and assignment.valid_to < scope.on:
        refuse(Code.LOCKED, _("The assignment has ended already. Attach the person anew."), "assignment_id")
    problems = Problems()
    why = inputs.line(problems, reason, "reason", longest=500, required=False)
    inputs.date(problems, valid_to, "valid_to")
    problems.refuse()
    if valid_to < assignment.valid_from:
        problems.add(Code.OUT_OF_PERIOD, _("The last day lies before the first."), "valid_to")
    elif assignment.valid_to is not None and valid_to > assignment.valid_to:
        problems.add(Code.OUT_OF_PERIOD, _("The assignment ends before that day as it is."), "valid_to")
    elif valid_to > scope.on + _FARTHEST:
        problems.add(Code.OUT_OF_PERIOD, _("The last day lies more than a year ahead. Check the year."), "valid_to")
    if assignment.role in _COORDINATORS and _leaves_authors_alone(assignment, valid_to):
        message = _("The institution would have plan authors and no coordinator. Attach another coordinator first.")
        problems.add(Code.UNMET_CONDITION, message, "assignment_id")
    problems.refuse()
    assignment.valid_to = valid_to
    with reason_noted(why):
        assignment.save(update_fields=["valid_to"])
        touch(assignment)
    return assignment


def _unit(role: str, institution_id: UUID | None, municipality_id: UUID | None, region_id: UUID | None) -> _Unit:
    given = [key for key in (institution_id, municipality_id, region_id) if key is not None]
    if len(given) > 1:
        refuse(Code.INVALID, _("Name one unit: an institution, a municipality or a region."), "institution_id")
    level = LEVEL_OF.get(role, Level.STATE)
    if institution_id is not None:
        institution = Institution.objects.filter(pk=institution_id).first()
        if institution is None:
            refuse(Code.NOT_FOUND, _("There is no such institution. Check the id."), "institution_id")
        found = _Unit(Level.INSTITUTION, Place(institution_id=institution_id), institution_id=institution_id)
    elif municipality_id is not None:
        municipality = Municipality.objects.select_related("region").filter(pk=municipality_id).first()
        if municipality is None:
            refuse(Code.NOT_FOUND, _("There is no such municipality. Check the id."), "municipality_id")
        place = Place(municipality_code=municipality.code, region_code=municipality.region.code)
        found = _Unit(Level.MUNICIPALITY, place, municipality_id=municipality_id)
    elif region_id is not None:
        region = Region.objects.filter(pk=region_id).first()
        if region is None:
            refuse(Code.NOT_FOUND, _("There is no such region. Check the id."), "region_id")
        found = _Unit(Level.REGION, Place(region_code=region.code), region_id=region_id)
    else:
        found = _Unit(Level.STATE, Place())
    if found.level != level:
        wording = _("This role is held at the level {level}. Name a unit of that level.")
        refuse(Code.INVALID, format_lazy(wording, level=Level(level).label), "role")
    return found


def _unit_of(assignment: Assignment) -> _Unit:
    municipality, region = assignment.municipality, assignment.region
    place = Place(
        institution_id=assignment.institution_id,
        municipality_code=municipality.code if municipality else "",
        region_code=region.code if region else municipality.region.code if municipality else "",
    )
    return _Unit(
        assignment.level,
        place,
        region_id=assignment.region_id,
        municipality_id=assignment.municipality_id,
        institution_id=assignment.institution_id,
    )


def _check_right(scope: Scope, role: str, unit: _Unit, field: str) -> None:
    """Refuse who may not attach people in this role there."""
    roles = ATTACHED_BY.get(role)
    if roles is None:
        refuse(Code.NOT_ALLOWED, _("This role is given by the platform's operator alone."), field)
    answer = holds_at(scope=scope, area=Area.REGISTRY, roles=roles, place=unit.place)
    if not answer.allowed:
        problem = answer.problem(field)
        refuse(problem.code, problem.message, field)


def _account(scope: Scope, account_id: UUID | None, username: str) -> User:
    if (account_id is None) == (not username):
        refuse(
            Code.REQUIRED if account_id is None else Code.INVALID, _("Name the account by its id or its user name."), "account_id"
        )
    wanted = Q(pk=account_id) if account_id is not None else Q(username=username)
    user = User.objects.filter(wanted, is_active=True).first()
    field = "account_id" if account_id is not None else "username"
    if user is None:
        refuse(Code.NOT_FOUND, _("There is no such account. Check it, or ask the operator to make one."), field)
    if user.pk == scope.principal_id:
        refuse(Code.NOT_ALLOWED, _("Nobody attaches themselves. Ask somebody else who may."), field)
    if user.is_service:
        refuse(Code.NOT_ALLOWED, _("An app's own account gets its roles where the app is admitted."), field)
    return user


def _check_days(problems: Problems, valid_from: dt.date, valid_to: dt.date | None, *, today: dt.date) -> None:
    inputs.date(problems, valid_from, "valid_from")
    if not problems and valid_from > today + _FARTHEST:
        problems.add(Code.OUT_OF_PERIOD, _("The first day lies more than a year ahead. Check the year."), "valid_from")
    if valid_to is not None and valid_to < valid_from:
        problems.add(Code.INVALID, _("The last day lies before the first."), "valid_to")


def _position(problems: Problems, unit: _Unit, code: str, on: dt.date) -> Position | None:
    if not code:
        return None
    if unit.institution_id is None:
        problems.add(Code.INVALID, _("A contract is with an institution."), "position_code")
        return None
    found = Position.objects.filter(in_force(on), code=code).first()
    if found is None:
        problems.add(Code.NOT_FOUND, _("There is no such position in the list on that day."), "position_code")
    return found


def _during(first: dt.date, last: dt.date | None) -> Q:
    """Condition for assignments that share a day with a period."""
    begun = Q(valid_from__lte=last) if last is not None else Q()
    return begun & (Q(valid_to=None) | Q(valid_to__gte=first))


def _check_same(problems: Problems, user: User, role: str, unit: _Unit, days: Days) -> None:
    if Assignment.objects.filter(_during(*days), user=user, role=role, level=unit.level, **unit.columns).exists():
        message = _("The person holds this role there in that period already.")
        problems.add(Code.DUPLICATE, message, "role")


def _check_coordinator(problems: Problems, role: str, unit: _Unit, first: dt.date) -> None:
    if role != Role.PLAN_AUTHOR or unit.institution_id is None:
        return
    held = Assignment.objects.filter(
        in_force(first), institution_id=unit.institution_id, role__in=_COORDINATORS, user__is_active=True
    )
    if not held.exists():
        message = _("The institution has no coordinator on that day. Attach a coordinator before plan authors.")
        problems.add(Code.UNMET_CONDITION, message, "role")


def _check_compatible(problems: Problems, user: User, role: str, unit: _Unit, days: Days) -> None:
    """Roles that one person may not hold at the same unit, or anywhere; those of one case are judged on the case."""
    pairs = IncompatibleRoles.objects.filter(in_force(days[0]), Q(first_role=role) | Q(second_role=role)).exclude(
        reach=IncompatibilityReach.SAME_CASE
    )
    held = list(Assignment.objects.filter(_during(*days), user=user))
    for pair in pairs:
        other = pair.second_role if pair.first_role == role else pair.first_role
        anywhere = pair.reach == IncompatibilityReach.ANYWHERE
        if any(one.role == other and (anywhere or _touch_each_other(one, unit)) for one in held):
            wording = _("One person may not be {role} and {other} together. End the other role first.")
            message = format_lazy(wording, role=Role(role).label, other=Role(other).label)
            problems.add(Code.UNMET_CONDITION, message, "role")


def _touch_each_other(held: Assignment, unit: _Unit) -> bool:
    """Whether one unit is the other or lies under it."""
    return _municipality(_unit_of(held)) == _municipality(unit) and (
        held.institution_id is None or unit.institution_id is None or held.institution_id == unit.institution_id
    )


def _municipality(unit: _Unit) -> UUID | None:
    if unit.institution_id is None:
        return unit.municipality_id
    return Institution.objects.values_list("municipality_id", flat=True).get(pk=unit.institution_id)


def _leaves_authors_alone(assignment: Assignment, last: dt.date) -> bool:
    """Whether, after a day, the institution has plan authors and no other coordinator."""
    if assignment.institution_id is None:
        return False
    later = last + dt.timedelta(days=1)
    there = Assignment.objects.filter(in_force(later), institution_id=assignment.institution_id, user__is_active=True)
    others = there.filter(role__in=_COORDINATORS).exclude(pk=assignment.pk)
    return not others.exists() and there.filter(role=Role.PLAN_AUTHOR).exists()

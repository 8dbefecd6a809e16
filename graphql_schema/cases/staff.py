"""Accounts, the roles that people hold, their contracts and positions."""

from __future__ import annotations

import datetime as dt

from backend.accounts import selectors
from backend.accounts.models import Assignment, Level, User
from backend.accounts.policies import ACCOUNTS, ASSIGNMENTS
from backend.registry import selectors as registry
from backend.registry.models import Position, SpecialistRole, StaffContract
from backend.registry.policies import CONTRACTS
from backend.registry.services import staff
from backend.territory.models import Institution, Municipality, Region
from graphql_schema.cases.shared import (
    ID,
    NAMES,
    OWN_INSTITUTION,
    SOURCE,
    VALID_ON,
    VALIDITY,
    VERSION,
    account,
    key_filter,
    place_filters,
)
from graphql_schema.engine.commands import Key, Mutation, Named, Plain
from graphql_schema.engine.declarations import (
    ANY_TOKEN,
    Column,
    Derived,
    Filter,
    FilterKind,
    Found,
    ObjectType,
    Order,
    Relation,
    Search,
)

ACCOUNT = ObjectType(
    name="Account",
    description="An account of a person or of an app's own, as others may see it.",
    needs="registry.read",
    model=User,
    select=lambda scope: selectors.accounts(scope=scope),
    policy=ACCOUNTS,
    fields=(
        ID,
        Derived(
            name="displayName",
            kind=str,
            depends=("first_name", "last_name", "username"),
            compute=str,
            description="Name as shown to colleagues.",
        ),
        Column(name="isService", description="Whether it is an app's own account and no person's."),
    ),
)

STAFF_ASSIGNMENT = ObjectType(
    name="StaffAssignment",
    plural="staffAssignments",
    description="A role that somebody holds at a unit for a period (piesaiste).",
    needs="registry.read",
    model=Assignment,
    select=lambda scope: selectors.staff_assignments(scope=scope),
    policy=ASSIGNMENTS,
    order=("-valid_from", "id"),
    orders=(
        Order(name="NAME", columns=("user__sort_key",), description="Latvian alphabetical order of the people's names."),
        Order(name="ROLE", columns=("role",), description="By role."),
        Order(name="VALID_FROM", columns=("valid_from",), description="By the first day."),
    ),
    filters=(
        *place_filters(
            institution=("institution",),
            municipality=("municipality", "institution__municipality"),
            region=("region", "municipality__region", "institution__municipality__region"),
        ),
        Filter(name="role", lookup="role", kind=FilterKind.TEXTS, description="With one of these roles."),
        Filter(name="level", lookup="level", kind=FilterKind.CHOICES, enum=Level, description="Held at one of these levels."),
        Filter(name="validOn", lookup="valid_from", kind=FilterKind.VALID_ON, description="In force on this day."),
        key_filter("accountId", "user_id", "usr", "Of this account."),
    ),
    search=Search(columns=("user__first_name", "user__last_name")),
    fields=(
        ID,
        VERSION,
        account("account", "Who holds it.", attr="user"),
        Derived(name="role", kind=str, depends=("role",), compute=lambda row: row.role, description="Role, such as plan_author."),
        Column(name="level", enum=Level, description="Level at which it is held."),
        Relation(name="institution", to="Institution", description="The institution, at that level."),
        Relation(name="municipality", to="Municipality", description="The municipality, at that level."),
        Relation(name="region", to="Region", description="The region, at that level."),
        Found(
            name="contract",
            to="StaffContract",
            expression=lambda scope: registry.contract_of_assignment(scope=scope),
            made_of=((Assignment, "user"),),
            description="The employment contract, at an institution: of several in its time the one that began last.",
        ),
        Column(name="validFrom", description="First day."),
        Column(name="validTo", description="Last day; null while it goes on."),
    ),
)

POSITION = ObjectType(
    name="Position",
    description="A position (amats) of the reference list, such as pedagogs.",
    needs=ANY_TOKEN,
    model=Position,
    select=lambda scope: registry.positions(scope=scope),
    open_to_all=True,
    order=("position", "valid_from", "id"),
    filters=(VALID_ON, Filter(name="code", lookup="code", description="By code.")),
    fields=(
        ID,
        Column(name="code", description="Code of the position."),
        *NAMES,
        Column(name="specialistRole", enum=SpecialistRole, description="The specialist's role that it fits."),
        Column(name="isDefault", description="Whether it stands on a timesheet until another is set."),
        *VALIDITY,
        *SOURCE,
    ),
)

STAFF_CONTRACT = ObjectType(
    name="StaffContract",
    description="A specialist's employment contract with an institution (darba līgums).",
    needs="delivery.read",
    model=StaffContract,
    select=lambda scope: registry.staff_contracts(scope=scope),
    policy=CONTRACTS,
    order=("starts_on", "id"),
    fields=(
        ID,
        VERSION,
        account("account", "Whose it is.", attr="user"),
        OWN_INSTITUTION,
        Relation(name="position", to="Position", description="Position (amats)."),
        Column(name="number", description="Number."),
        Column(name="startsOn", description="First day."),
        Column(name="endsOn", description="Last day; null while it goes on."),
    ),
)

TYPES = (ACCOUNT, STAFF_ASSIGNMENT, POSITION, STAFF_CONTRACT)

ASSIGN_STAFF = Mutation(
    name="assignStaff",
    description=(
        "Attach somebody to a unit with a role and a period; the unit by one of its ids or codes, none of them for the state."
    ),
    needs="registry.write",
    service=staff.assign_staff,
    to="StaffAssignment",
    inputs=(
        Key(name="accountId", tag=User.tag, description="The account; give this or a username."),
        Plain(name="username", description="The account's username; give this or the id."),
        Plain(name="role", required=True, description="Role, such as plan_author."),
        Named(name="institution", model=Institution, description="The institution."),
        Named(name="municipality", model=Municipality, description="The municipality."),
        Named(name="region", model=Region, description="The region."),
        Plain(name="positionCode", description="Position in the employment contract, a code of the list of positions."),
        Plain(name="contractNumber", description="Number of the employment contract."),
        Plain(name="validFrom", kind=dt.date, required=True, description="First day."),
        Plain(name="validTo", kind=dt.date, description="Last day, where it is known."),
    ),
)

END_ASSIGNMENT = Mutation(
    name="endAssignment",
    description="End an assignment.",
    needs="registry.write",
    service=staff.end_assignment,
    to="StaffAssignment",
    inputs=(
        Key(name="assignmentId", tag=Assignment.tag, required=True, description="The assignment."),
        Plain(name="validTo", kind=dt.date, required=True, description="Last day."),
        Plain(name="reason", description="Why."),
    ),
)

MUTATIONS = (ASSIGN_STAFF, END_ASSIGNMENT)

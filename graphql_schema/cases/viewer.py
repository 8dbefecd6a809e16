"""Who calls, and what the caller reaches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from backend.accounts.models import Level
from backend.core.classification import DataClass
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import ANY_TOKEN, ObjectType, RootField, Value


@dataclass(frozen=True)
class ViewerAssignment:
    role: str
    level: str
    unit_code: str | None
    institutions: int | None


@dataclass(frozen=True)
class Viewer:
    app_name: str
    username: str
    is_service: bool
    token_scopes: list[str]
    roles: list[str]
    assignments: list[ViewerAssignment]
    business_date: dt.date


ASSIGNMENT_TYPE = ObjectType(
    name="ViewerAssignment",
    description="A role held on the business day.",
    needs=ANY_TOKEN,
    fields=(
        Value(name="role", kind=str, data_class=DataClass.INTERNAL, description="Role, such as plan_author."),
        Value(name="level", kind=Level, data_class=DataClass.INTERNAL, description="Level at which it is held."),
        Value(
            name="unitCode",
            kind=str,
            nullable=True,
            data_class=DataClass.INTERNAL,
            description="Code of the unit; null for the state.",
        ),
        Value(
            name="institutions",
            kind=int,
            nullable=True,
            data_class=DataClass.INTERNAL,
            description="How many institutions it reaches; null for the whole state.",
        ),
    ),
)

VIEWER_TYPE = ObjectType(
    name="Viewer",
    description="The caller: an app, and the account it acts for.",
    needs=ANY_TOKEN,
    fields=(
        Value(name="appName", kind=str, data_class=DataClass.INTERNAL, description="Name of the app."),
        Value(name="username", kind=str, data_class=DataClass.PERSONAL, description="Account that the app acts for."),
        Value(name="isService", kind=bool, data_class=DataClass.INTERNAL, description="Whether that account is the app's own."),
        Value(name="tokenScopes", kind=str, list_of=True, data_class=DataClass.INTERNAL, description="Scopes of the token."),
        Value(name="roles", kind=str, list_of=True, data_class=DataClass.INTERNAL, description="Roles held on the business day."),
        Value(
            name="assignments",
            kind="ViewerAssignment",
            list_of=True,
            data_class=DataClass.INTERNAL,
            description="Roles with level and unit.",
        ),
        Value(
            name="businessDate",
            kind=dt.date,
            data_class=DataClass.PUBLIC,
            description="The day on which the platform's dates stand.",
        ),
    ),
)


def _viewer(context: Context) -> Viewer:
    scope, caller = context.scope, context.caller
    return Viewer(
        app_name=caller.app.name,
        username=caller.user.username,
        is_service=caller.user.is_service,
        token_scopes=sorted(scope.token_scopes),
        roles=sorted(scope.roles),
        assignments=[
            ViewerAssignment(
                role=held.role,
                level=held.level,
                unit_code=held.unit_code or None,
                institutions=None if held.whole_state else len(held.institution_ids),
            )
            for held in scope.holdings
        ],
        business_date=scope.on,
    )


VIEWER = RootField(name="viewer", to="Viewer", needs=ANY_TOKEN, resolve=_viewer, nullable=False, description="Who calls.")

TYPES = (VIEWER_TYPE, ASSIGNMENT_TYPE)
ROOTS = (VIEWER,)

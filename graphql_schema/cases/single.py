"""Root fields for one thing: by id, and by code where it has one."""

from __future__ import annotations

from typing import Any

import strawberry

from backend.core.identifiers import key_of
from graphql_schema.cases.learners import LEARNER
from graphql_schema.cases.plans import SUPPORT_PLAN
from graphql_schema.cases.territory import INSTITUTION
from graphql_schema.cases.timesheets import TIMESHEET
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import Argument, ObjectType, RootField
from graphql_schema.engine.loading import Batch, one, reachable
from graphql_schema.http.parameters import bad_request


def _by_id(declared: ObjectType, name: str, what: str) -> RootField:
    def resolve(context: Context, *, id: str) -> Any:
        return one(declared, context, key=key_of(id, tag=declared.tag))

    return RootField(
        name=name,
        to=declared.name,
        needs=declared.needs,
        resolve=resolve,
        picked_by=("id",),
        arguments=(Argument(name="id", kind=strawberry.ID, description=f"Id of the {what}."),),
        description=f"One {what}; null where it is absent or not within the caller's reach, which nobody can tell apart.",
    )


def _institution(context: Context, *, id: str | None = None, code: str | None = None) -> Any:
    if (id is None) == (code is None):
        raise bad_request("Give either id or code.")
    if id is not None:
        return one(INSTITUTION, context, key=key_of(id, tag=INSTITUTION.tag))
    return next(iter(Batch(reachable(INSTITUTION, context).filter(code=code)).rows), None)


INSTITUTION_ROOT = RootField(
    name="institution",
    to="Institution",
    needs=INSTITUTION.needs,
    resolve=_institution,
    picked_by=("id", "code"),
    arguments=(
        Argument(name="id", kind=strawberry.ID | None, description="Id of the institution. Give this or `code`."),
        Argument(name="code", kind=str | None, description="Code of the institution. Give this or `id`."),
    ),
    description="One institution; null where there is none.",
)

ROOTS = (
    INSTITUTION_ROOT,
    _by_id(LEARNER, "learner", "learner"),
    _by_id(SUPPORT_PLAN, "supportPlan", "support plan"),
    _by_id(TIMESHEET, "timesheet", "timesheet"),
)

"""Whom a statement shows: noted while it runs, in a setting local to the transaction, and appended by the statement after it.

Only where a learner first comes into the answer: what hangs on a row that names a learner is about the same one. Note and
answer come from the same rows of the same statement, so nothing is shown that was not noted, whatever others commit meanwhile.
"""

from __future__ import annotations

from django.db.models import F

from backend.accounts.read_log import NOTES, NotedKind
from graphql_schema.compiler.rows import Level
from graphql_schema.compiler.work import Work
from graphql_schema.engine.declarations import ObjectType


def notes(target: ObjectType, work: Work) -> bool:
    """Whether rows of a type are noted here."""
    return work.logging and bool(target.learner) and not work.named


def noting(text: str, level: Level, work: Work, *, page: str | None = None) -> str:
    """`text`, which shows the rows of a level, after a note of them. `page`: of all rows in a filter, else of the one row."""
    target = level.declared
    assert target.policy is not None  # noqa: S101  (checked when the schema is built)
    work.noted.append(NotedKind(target.tag, target.policy.area, work.classes))
    through = level.computed("_through", target.policy.reached_through(work.scope), "uuid")
    key = level.column("id")
    learner, shown = key, "''"
    if target.learner != "pk":
        learner, shown = level.computed("_learner", F(target.learner), "uuid"), key
    note = f"concat({learner}, '/', {through}, '/', {shown}, '/{len(work.noted)};')"
    if page is not None:
        note = f"string_agg({note}, ''){page}"
    noted = f"set_config('{NOTES}', concat(current_setting('{NOTES}', true), {note}), true)"
    return f"case when {noted} is not null then {text} end"

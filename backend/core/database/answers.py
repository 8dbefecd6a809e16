"""What the database refuses, turned into neutral answers: the one place that reads its errors.

Constraints answer about rows that the caller may not see (notes in docs/decisions/0041-neutral-database-answers.md). So an
answer depends on the constraint alone, never on the row: the same words whether the other row is visible or hidden, and
never a value, a key or a table. Apps declare the answer of a constraint in `constraint_answers` on their AppConfig; a
constraint that nobody declared gets the general one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError
from django.utils.translation import gettext_lazy as _

from backend.core.refusals import Code, Problem, Refusal

# SQLSTATE classes of PostgreSQL 18, appendix A.
INSUFFICIENT_PRIVILEGE = "42501"
FOREIGN_KEY = "23503"
UNIQUE = "23505"
EXCLUSION = "23P01"
LOST_RACES = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available

NOT_YOURS = Problem(Code.NOT_FOUND, _("Something this refers to was not found. Check the ids, and that your role reaches them."))
CLASH = Problem(Code.CONFLICT, _("This cannot stand beside what is recorded already. Check the values and try again."))
UNFIT = Problem(Code.INVALID, _("The values do not fit together. Check them and try again."))
LOST_RACE = Problem(Code.CONFLICT, _("Someone else was changing the same at this moment. Try again."))


@contextmanager
def refusing_database_errors() -> Iterator[None]:
    """Turn what the database refuses inside the block into Refusal. Other failures (a lost connection) pass through."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError, OperationalError) as error:
        problem = answer_to(error)
        if problem is None:
            raise
        raise Refusal(problem) from error


def answer_to(error: DatabaseError) -> Problem | None:
    """The neutral problem for a database error; None for one that is no refusal but a fault of ours or of the server."""
    cause = error.__cause__
    state: str = getattr(cause, "sqlstate", None) or ""
    constraint: str = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
    if constraint in _declared():
        return _declared()[constraint]
    if state in {INSUFFICIENT_PRIVILEGE, FOREIGN_KEY}:
        # A row outside the scope and a row that is not there: one answer. 42501 is also what a missing grant raises.
        return NOT_YOURS
    if state in {UNIQUE, EXCLUSION}:
        return CLASH
    if state in LOST_RACES:
        return LOST_RACE
    if state.startswith(("22", "23")):
        return UNFIT
    return None


@cache
def _declared() -> Mapping[str, Problem]:
    """Answers by name of constraint, from every app's `constraint_answers`."""
    answers: dict[str, Problem] = {}
    for config in apps.get_app_configs():
        for name, problem in getattr(config, "constraint_answers", {}).items():
            if name in answers:
                raise ValueError(f"Two answers for the constraint {name}.")
            answers[name] = problem
    return answers

"""What every command shares: one transaction, neutral answers, one effect for a key, versions that are checked.

    @command("draftSupportPlan", answer=by_key(SupportPlan))
    def draft_support_plan(*, scope: Scope, ..., client_mutation_id: str = "") -> SupportPlan:

A command runs in the caller's transaction, in which `enter_scope()` has set what row security shows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope
from backend.core.clock import now
from backend.core.database.answers import refusing_database_errors
from backend.core.idempotency import Json, once
from backend.core.models import Entity, Revised, Versioned
from backend.core.refusals import Code, refuse

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=Entity)


@dataclass(frozen=True)
class Answer(Generic[T]):
    """How a command's answer is kept for a repeated key: as keys alone, read anew when it is asked for again."""

    remember: Callable[[T], Json]
    recall: Callable[[Json], T]


def by_key(model: type[E]) -> Answer[E]:
    """The answer is one row."""

    def recall(stored: Json) -> E:
        row: E | None = model._default_manager.filter(pk=stored).first()
        return row or refuse(*GONE)

    return Answer(remember=lambda row: row.pk.hex, recall=recall)


def by_keys(model: type[E]) -> Answer[list[E]]:
    """The answer is a list of rows, in order."""

    def recall(stored: Json) -> list[E]:
        rows = model._default_manager.in_bulk([UUID(key) for key in stored])
        return [rows.get(UUID(key)) or refuse(*GONE) for key in stored]

    return Answer(remember=lambda rows: [row.pk.hex for row in rows], recall=recall)


GONE = (Code.NOT_FOUND, _("What this command made is no longer within your reach."))


def command(operation: str, *, answer: Answer[T]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a keyword-only service a command: atomic, answering database errors neutrally, once for a `client_mutation_id`.

    Everything that the service is given, but the scope and the key itself, counts as its input.
    """

    def decorate(service: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(service)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            scope, key, inputs = _split(kwargs)
            with refusing_database_errors(), transaction.atomic():
                if not key or scope.principal_id is None:
                    return service(*args, **kwargs)
                return once(
                    principal_id=scope.principal_id,
                    app_id=scope.app_id,
                    operation=operation,
                    key=key,
                    inputs=inputs,
                    run=lambda: service(*args, **kwargs),
                    remember=answer.remember,
                    recall=answer.recall,
                )

        return run

    return decorate


def _split(kwargs: Any) -> tuple[Scope, str, dict[str, object]]:
    inputs = dict(kwargs)
    scope = inputs.pop("scope")
    key = inputs.pop("client_mutation_id", "")
    return scope, key, inputs


V = TypeVar("V", bound=Versioned | Revised)


def locked(rows: QuerySet[V], *, pk: UUID, expected_version: int | None, field: str) -> V:
    """The row of `rows` with that key, locked until the transaction ends.

    Raises Refusal: NOT_FOUND when it is absent or out of reach for changes, CONFLICT when it is not at `expected_version`
    (None: any version will do).
    """
    row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        refuse(Code.NOT_FOUND, _("Not found. Check the id, and that your role reaches it."), field)
    if expected_version is not None and row.version != expected_version:
        refuse(Code.CONFLICT, _("It has changed since you read it. Read it again and repeat your change."), "expected_version")
    return row


def touch(row: V) -> None:
    """Raise the version of a locked row, with the moment of the change."""
    row.version += 1
    if isinstance(row, Versioned):
        row.updated_at = now()
        row.save(update_fields=["version", "updated_at"])
    else:
        row.save(update_fields=["version"])

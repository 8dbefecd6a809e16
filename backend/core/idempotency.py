"""One effect per `clientMutationId` (contract, "Mutations take one input").

The receipt is inserted before the work, in the work's own transaction: a second client with the same key waits on the
unique index until the first has ended, then reads its answer (or, when the first was refused, does the work itself).
A refused command had no effect and leaves no receipt: the key may be used again (docs/decisions/0042-idempotency.md).
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from backend.core.clock import now
from backend.core.identifiers import uuid7
from backend.core.models import CommandReceipt
from backend.core.refusals import Code, refuse

Json = dict[str, Any] | list[Any] | str
T = TypeVar("T")
LONGEST_KEY = 200
_BATCH = 5_000

_INSERT = """
insert into core_commandreceipt (id, principal_id, app_id, operation, key, input_digest, answer, created_at)
values (%s, %s, %s, %s, %s, %s, 'null', now())
on conflict (principal_id, app_id, operation, key) do nothing returning id
"""


def once(
    *,
    principal_id: uuid.UUID,
    app_id: int | None,
    operation: str,
    key: str,
    inputs: Mapping[str, object],
    run: Callable[[], T],
    remember: Callable[[T], Json],
    recall: Callable[[Json], T],
) -> T:
    """Run a command once for its key; a repeated key gets the first answer by `recall` of what `remember` stored.

    Must be called inside the command's transaction. Raises Refusal with CONFLICT when the key was used for another input,
    INVALID for a key that is too long.
    """
    if len(key) > LONGEST_KEY:
        refuse(Code.INVALID, _("Shorten the clientMutationId to 200 signs."), "client_mutation_id")
    digest = digest_of(inputs)
    identity = (principal_id, app_id or 0, operation, key)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [uuid7(), *identity, digest])
        ours = cursor.fetchone()
    names = ("principal_id", "app_id", "operation", "key")
    if ours is None:
        receipt = CommandReceipt.objects.get(**dict(zip(names, identity, strict=True)))
        if receipt.input_digest != digest:
            refuse(
                Code.CONFLICT,
                _("This clientMutationId was used with another input. Choose a new one for a new command."),
                "client_mutation_id",
            )
        return recall(receipt.answer or "")
    result = run()
    CommandReceipt.objects.filter(pk=ours[0]).update(answer=remember(result))
    return result


def purge(*, days: int) -> int:
    """Delete the receipts that are older than so many days, in batches of short transactions; how many there were.

    A repeated key has an effect of its own afterwards (contract: one effect for a key; ours: within ninety days).
    """
    before, deleted = now() - dt.timedelta(days=days), 0
    while True:
        oldest = CommandReceipt.objects.filter(created_at__lt=before).order_by("created_at").values_list("pk", flat=True)[:_BATCH]
        found, _by_model = CommandReceipt.objects.filter(pk__in=list(oldest)).delete()
        deleted += found
        if found < _BATCH:
            return deleted


def digest_of(inputs: Mapping[str, object]) -> str:
    """Keyed digest of an input: tells two apart without letting anyone guess what a stored one was."""
    text = json.dumps(_canonical(inputs), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return salted_hmac("core.idempotency", text, algorithm="sha256").hexdigest()


def _canonical(value: object) -> object:
    """The JSON form in which equal inputs are equal."""
    if isinstance(value, Mapping):
        return {str(name): _canonical(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(part) for part in value]
    if is_dataclass(value):
        return {part.name: _canonical(getattr(value, part.name)) for part in fields(value)}
    if value is None or isinstance(value, str | int | bool):
        return value
    return _canonical_scalar(value)


def _canonical_scalar(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return value.hex
    raise TypeError(f"{type(value).__name__} has no canonical form.")

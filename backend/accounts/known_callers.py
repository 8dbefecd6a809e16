"""Callers met a moment ago: who they are and what they reach, kept in the process for `CALLER_SECONDS`.

A token is checked again in the transaction that reads for it (`STILL_VALID`), so a revoked or expired token reads
nothing, in any process, at once. What can lag by `CALLER_SECONDS` is the scope: an assignment that ended a moment ago.
In the process that changes an assignment, a token or an account the callers are forgotten at once.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.signals import post_delete, post_save

from backend.accounts.authentication import Caller, caller_of_bearer, checksum_of_bearer
from backend.accounts.models import AccessToken, Assignment, PartnerApp, User
from backend.accounts.scope import SETTINGS, Scope, settings_of
from backend.core.clock import business_today
from backend.territory.models import Institution, Municipality

_MOST = 1_024

STILL_VALID = """exists (
    select 1 from accounts_accesstoken t
    join accounts_partnerapp a on a.id = t.application_id
    join accounts_user u on u.id = coalesce(t.user_id, a.service_account_id)
    where t.token_checksum = {checksum} and t.expires > now() and u.is_active)"""
"""SQL that asks again what `caller_of_bearer` asked; `{checksum}` is the place of a parameter."""


@dataclass(frozen=True)
class KnownCaller:
    """A caller with the scope of the day."""

    caller: Caller
    scope: Scope
    checksum: str
    row_settings: tuple[str, ...]
    """What row security reads of the scope, in the order of `SETTINGS`."""
    until: float
    fresh: bool = False
    """Whether the token was looked up for this very request."""


_known: OrderedDict[str, KnownCaller] = OrderedDict()
_lock = Lock()


def known_caller(header: str) -> KnownCaller:
    """The caller of an `Authorization` header. No statement when met a moment ago. Raises NotAuthenticated."""
    checksum = checksum_of_bearer(header)
    now = time.monotonic()
    with _lock:
        found = _known.get(checksum)
    if found is not None and found.until > now and found.scope.on == business_today():
        return found
    caller = caller_of_bearer(header)
    scope = caller.scope()
    values = settings_of(scope)
    row_settings = tuple(values[name] for name in SETTINGS)
    kept = KnownCaller(caller, scope, checksum, row_settings, now + settings.CALLER_SECONDS)
    with _lock:
        _known[checksum] = kept
        while len(_known) > _MOST:
            _known.popitem(last=False)
    return replace(kept, fresh=True)


def is_still_valid(known: KnownCaller) -> bool:
    """Whether the token of a caller met a moment ago still opens anything; forgets the caller otherwise."""
    if known.fresh:
        return True
    with connection.cursor() as cursor:
        cursor.execute(f"select {STILL_VALID.format(checksum='%s')}", [known.checksum])
        valid = bool(cursor.fetchone()[0])
    if not valid:
        forget(known.checksum)
    return valid


def forget(checksum: str = "") -> None:
    """Forget one caller, or all."""
    with _lock:
        if checksum:
            _known.pop(checksum, None)
        else:
            _known.clear()


def _changed(**kwargs: Any) -> None:
    forget()


def _token_changed(*, instance: AccessToken, **kwargs: Any) -> None:
    forget(instance.token_checksum)


for _model in (Assignment, User, PartnerApp, Institution, Municipality):
    post_save.connect(_changed, sender=_model, dispatch_uid=f"known_callers.save.{_model.__name__}")
    post_delete.connect(_changed, sender=_model, dispatch_uid=f"known_callers.delete.{_model.__name__}")
post_save.connect(_token_changed, sender=AccessToken, dispatch_uid="known_callers.token.save")
post_delete.connect(_token_changed, sender=AccessToken, dispatch_uid="known_callers.token.delete")

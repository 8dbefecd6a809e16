"""Who calls: a bearer token turned into a caller, in one statement."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from backend.accounts.models import AccessToken, PartnerApp, User
from backend.accounts.scope import Scope, scope_of
from backend.core.clock import now


class NotAuthenticated(Exception):
    """No valid token. `error` is the code of RFC 6750 for the WWW-Authenticate header; empty when none was sent."""

    def __init__(self, error: str = "") -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class Caller:
    """A partner app, alone (as its service account) or for a person."""

    user: User
    app: PartnerApp
    token_scopes: frozenset[str]

    def scope(self) -> Scope:
        """What this caller reaches today."""
        return scope_of(user=self.user, app_id=self.app.pk, token_scopes=self.token_scopes)


def checksum_of_bearer(header: str) -> str:
    """What a token is stored under. Raises NotAuthenticated where the header carries none."""
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise NotAuthenticated
    return hashlib.sha256(token.strip().encode()).hexdigest()


def caller_of_bearer(header: str) -> Caller:
    """The caller of an `Authorization: Bearer …` header.

    Raises NotAuthenticated for a missing, malformed, unknown or expired token, and for one whose app or person is no
    longer active: all alike.
    """
    checksum = checksum_of_bearer(header)
    found = AccessToken.objects.select_related("application__service_account", "user").filter(token_checksum=checksum).first()
    if found is None or found.expires <= now() or found.application is None:
        raise NotAuthenticated("invalid_token")
    user = found.user or found.application.service_account
    if user is None or not user.is_active:
        raise NotAuthenticated("invalid_token")
    return Caller(user=user, app=found.application, token_scopes=frozenset(found.scope.split()))

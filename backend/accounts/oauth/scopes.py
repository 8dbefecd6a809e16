"""Scopes by app: a token never holds more than its app was given."""

from __future__ import annotations

from typing import Any

from oauth2_provider.scopes import BaseScopes

from backend.accounts.models import PartnerApp
from backend.accounts.roles import TOKEN_SCOPES


class AppScopes(BaseScopes):
    """Scopes of `PartnerApp.allowed_scopes`; without a request for some, a token gets them all."""

    def get_all_scopes(self) -> dict[str, str]:
        """Every scope with its description, for the consent page."""
        return dict(TOKEN_SCOPES)

    def get_available_scopes(
        self, application: PartnerApp | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """What this app may ask for."""
        allowed = application.allowed_scopes.split() if application is not None else []
        return [scope for scope in TOKEN_SCOPES if scope in allowed]

    def get_default_scopes(
        self, application: PartnerApp | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """What it gets when it asks for nothing."""
        return self.get_available_scopes(application=application)

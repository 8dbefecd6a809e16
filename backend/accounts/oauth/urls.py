"""Addresses of OAuth 2 that are open: authorise, token, revoke. Registration and the device flow are not offered."""

from __future__ import annotations

from django.urls import path
from oauth2_provider.views import RevokeTokenView

from backend.accounts.oauth.views import BrakedTokenView, ConsentView

app_name = "oauth2_provider"

urlpatterns = [
    path("authorize/", ConsentView.as_view(), name="authorize"),
    path("token/", BrakedTokenView.as_view(), name="token"),
    path("revoke_token/", RevokeTokenView.as_view(), name="revoke-token"),
]

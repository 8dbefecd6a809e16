"""The token endpoint, with a brake, and the page on which a person lets an app act for them."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import AuthorizationView, TokenView

from backend.accounts.roles import TOKEN_SCOPES
from backend.core.rate_limit import Bucket, Taken, address_key, take


class ConsentView(AuthorizationView):
    """`/o/authorize/`: who asks, for what, and yes or no."""

    template_name = "pages/authorize.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The scopes asked for, described in the reader's language."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        asked = context.get("scopes") or (self.oauth2_data or {}).get("scopes", [])
        context["asked"] = [gettext(TOKEN_SCOPES[scope]) for scope in asked if scope in TOKEN_SCOPES]
        return context

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """After "yes" the browser is sent on to the app: browsers hold `form-action` against that address too."""
        response: HttpResponse = super().render_to_response(context, **kwargs)
        target = urlsplit(str((self.oauth2_data or {}).get("redirect_uri", "")))
        if target.scheme and target.netloc:
            response._csp_update = {"form-action": [f"{target.scheme}://{target.netloc}"]}  # type: ignore[attr-defined]
        return response


FAILURE_POINTS = 10
"""A wrong secret costs as much as ten right ones."""


@method_decorator(csrf_exempt, name="dispatch")  # the client shows its secret; no cookie counts
class BrakedTokenView(TokenView):
    """`/o/token/`, limited by address, and by app at an address so that nobody can lock another's app out."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, or 429 with `Retry-After` when the bucket of the caller is empty."""
        if any("\x00" in value for value in request.POST.values()):  # PostgreSQL has no such text
            return JsonResponse({"error": "invalid_request", "error_description": "A null character."}, status=400)
        taken = _draw(request, points=1)
        if not taken.granted:
            answer = JsonResponse({"error": "slow_down", "error_description": "Too many token requests."}, status=429)
            answer.headers["Retry-After"] = str(taken.retry_after)
            answer.headers["Cache-Control"] = "no-store"
            return answer
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        if response.status_code in {400, 401}:
            missing = _draw(request, points=FAILURE_POINTS - 1)
            if not missing.granted and missing.remaining:
                _draw(request, points=missing.remaining)
        return response


def _draw(request: HttpRequest, *, points: int) -> Taken:
    address = address_key(request)
    by_address = take(key=f"token:{address}", points=points, bucket=Bucket(settings.TOKEN_REQUESTS_PER_ADDRESS))
    if not by_address.granted:
        return by_address
    return take(
        key=f"token:{address}:{_client_id(request)[:64]}", points=points, bucket=Bucket(settings.TOKEN_REQUESTS_PER_CLIENT)
    )


def _client_id(request: HttpRequest) -> str:
    """The client named in the form or in HTTP Basic; not yet authenticated."""
    named = request.POST.get("client_id", "")
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if not named and kind.lower() == "basic":
        try:
            named = base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            named = ""
    return named.replace("\x00", "")

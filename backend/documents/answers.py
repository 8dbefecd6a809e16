"""Who asks for a document or a file, and how it is handed over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TypeVar
from urllib.parse import quote

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from backend.accounts.authentication import NotAuthenticated
from backend.accounts.known_callers import is_still_valid, known_caller
from backend.accounts.models import User
from backend.accounts.scope import Scope, scope_of
from backend.core.refusals import Problem

# What is handed over is looked at, never run: no script, no frame, no other address, no guessing of types, no copy kept.
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
_Answer = TypeVar("_Answer", bound=HttpResponseBase)


class Unanswered(Exception):
    """The request goes no further; `response` says why."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(str(response.status_code))
        self.response = response


def caller(request: HttpRequest, *, needs: str = "", writes: bool = False) -> Scope:
    """What whoever asks may reach: an app by its bearer token, which must carry the scope `needs`, or a person by the session.

    The token counts where both are sent. A person who writes must send the token against forged requests as in any form.
    Raises Unanswered with 401 or 403.
    """
    header = request.headers.get("Authorization", "")
    if header:
        try:
            known = known_caller(header)
        except NotAuthenticated as problem:
            raise Unanswered(_unauthenticated(problem.error)) from None
        if not is_still_valid(known):
            raise Unanswered(_unauthenticated("invalid_token"))
        if needs and needs not in known.scope.token_scopes:
            raise Unanswered(failed(403, f"The token lacks the scope {needs}."))
        return known.scope
    if not isinstance(request.user, User) or not request.user.is_active:
        raise Unanswered(_unauthenticated(""))
    if writes:
        forged = CsrfViewMiddleware(lambda _request: HttpResponse()).process_view(request, _nothing, (), {})
        if forged is not None:
            raise Unanswered(failed(403, "The form's token is missing or old. Load the page anew and send it again."))
    return scope_of(user=request.user)


def _nothing() -> HttpResponse:
    """Stands for a view that is not exempt from the check."""
    return HttpResponse()


def _unauthenticated(error: str) -> HttpResponse:
    response = failed(401, "Send a bearer token, or sign in.")
    response.headers["WWW-Authenticate"] = 'Bearer realm="files"' + (f', error="{error}"' if error else "")
    return response


def failed(status: int, message: str) -> HttpResponse:
    """A refusal of the whole request."""
    return _safe(JsonResponse({"errors": [{"field": None, "code": None, "message": message}]}, status=status))


def refused(problems: Iterable[Problem], *, status: int = 400) -> HttpResponse:
    """A refusal with everything that stands against the request, as mutations tell it."""
    errors = [
        {"field": problem.field or None, "code": problem.code.value, "message": str(problem.message)} for problem in problems
    ]
    return _safe(JsonResponse({"errors": errors}, status=status))


def not_found() -> HttpResponse:
    """Absent, malformed and not yours: one answer."""
    return failed(404, "Not found.")


def handed_over(content: bytes, *, media_type: str, name: str, inline: bool) -> HttpResponse:
    """The bytes with safe headers; `inline` where a browser may show them (sandboxed), else they are saved."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = _disposition(name, inline=inline)
    return _safe(response)


def streamed_over(file: IO[bytes], *, media_type: str, name: str) -> FileResponse:
    """What is too long to be held, part by part from an open file, with the same headers; it is saved."""
    response = FileResponse(file, content_type=media_type)
    response.headers["Content-Disposition"] = _disposition(name, inline=False)
    return _safe(response)


def _disposition(name: str, *, inline: bool) -> str:
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_. ") else "_" for sign in name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def told(members: dict[str, object], *, status: int = 200) -> HttpResponse:
    """A JSON answer."""
    return _safe(JsonResponse(members, status=status))


def _safe(response: _Answer) -> _Answer:
    for name, value in SAFE_HEADERS.items():
        response.headers[name] = value
    return response

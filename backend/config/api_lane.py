"""The short way to the case API, past what exists for browsers.

A partner app brings a bearer token: no cookie, session, form, redirect or page policy. The middleware of those took more
than the answer itself took (docs/decisions/0070-api-lane.md).
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from graphql_schema.cases.view import CaseView

ADDRESS = "/graphql/"
# The answer is data: nothing in it may ever be run, framed or loaded from.
NOTHING_TO_RUN = "default-src 'none'; frame-ancestors 'none'"

Respond = Callable[[HttpRequest], HttpResponseBase]


def api_lane(get_response: Respond) -> Respond:
    """Middleware: the case API is answered here, in the language asked for; everything else goes on."""
    answer = CaseView.as_view()

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.path_info != ADDRESS:
            return get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = answer(request)
        response.headers["Content-Language"] = language
        response.headers["Content-Security-Policy"] = NOTHING_TO_RUN
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return respond

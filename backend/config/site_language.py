"""The language of a page from its address; only addresses that nobody answers are tried below a language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers


class SiteLanguageMiddleware(LocaleMiddleware):
    """Django's own, except that a view's "not found" stays one: an absent file must not lead to a page of the site."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leave the answer of an address of ours as it is, with its language named."""
        answered = super().process_response(request, response)
        if answered is response or request.resolver_match is None or not isinstance(response, HttpResponse):
            return answered
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response

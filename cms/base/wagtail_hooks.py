"""How links in texts get their addresses, and what lists show to a reader who was let in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from wagtail import hooks
from wagtail.models import Page

from cms.base.embedded import OwnDocumentLinks, OwnPageLinks
from cms.base.selectors import behind

Serve = Callable[[Page, HttpRequest, Any, Any], HttpResponse]


@hooks.register("register_rich_text_features", order=1_000)
def own_links(features: Any) -> None:
    """After Wagtail's own, in whose place they stand."""
    features.register_link_type(OwnPageLinks)
    features.register_link_type(OwnDocumentLinks)


@hooks.register("on_serve_page", order=1_000)
def with_what_lies_beside(serve: Serve) -> Serve:
    """After Wagtail's own check has let the reader in: a list behind the same door shows what lies there."""

    def inner(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        passed = getattr(page, "passed_restrictions", None)
        if not passed:
            return serve(page, request, args, kwargs)
        with behind(restriction.pk for restriction in passed):
            response = serve(page, request, args, kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()  # templates ask too
        return response

    return inner

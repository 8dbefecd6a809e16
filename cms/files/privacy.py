"""A document is private until a page that the public may read shows it, and private again afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest
from wagtail.models import Page, ReferenceIndex

from cms.base.selectors import published
from cms.files.models import SiteDocument


def is_shown(*, document: SiteDocument) -> bool:
    """Whether a published page refers to the document: by a field, a block, a version or a link. Two statements."""
    keys = _pages_with(document)
    return bool(keys) and published(Page.objects.filter(pk__in=keys)).exists()


def _pages_with(document: SiteDocument) -> list[int]:
    kinds = ContentType.objects.get_for_models(Page, SiteDocument)
    references = ReferenceIndex.objects.filter(
        base_content_type=kinds[Page], to_content_type=kinds[SiteDocument], to_object_id=str(document.pk)
    )
    return [int(key) for key in references.values_list("object_id", flat=True)]


def is_shown_to(*, document: SiteDocument, request: HttpRequest) -> bool:
    """Whether a live page refers to it that this reader was let in to, by a password or as one of a group."""
    pages = Page.objects.filter(pk__in=_pages_with(document), live=True).specific()
    return any(all(door.accept_request(request) for door in page.get_view_restrictions()) for page in pages)


def may_read(*, document: SiteDocument, request: HttpRequest) -> bool:
    """Everybody, where a page shows it; who was let in to a page that does; else only who may open the editor."""
    if is_shown(document=document) or request.user.has_perm("wagtailadmin.access_admin"):
        return True
    return bool(request.COOKIES) and is_shown_to(document=document, request=request)


def only_what_is_shown(document: SiteDocument, request: HttpRequest) -> None:
    """Wagtail's hook `before_serve_document`. Raises Http404: that a file exists is told to nobody."""
    if not may_read(document=document, request=request):
        raise Http404


def note_references(sender: Any, instance: Page, **kwargs: Any) -> None:
    """What a page shows is known at once when it is published; Wagtail would note it later, as background work."""
    ReferenceIndex.create_or_update_for_object(instance)

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
    kinds = ContentType.objects.get_for_models(Page, SiteDocument)
    references = ReferenceIndex.objects.filter(
        base_content_type=kinds[Page], to_content_type=kinds[SiteDocument], to_object_id=str(document.pk)
    )
    keys = [int(key) for key in references.values_list("object_id", flat=True)]
    return bool(keys) and published(Page.objects.filter(pk__in=keys)).exists()


def may_read(*, document: SiteDocument, request: HttpRequest) -> bool:
    """Everybody, where a page shows it; else only who may open the editor."""
    return is_shown(document=document) or request.user.has_perm("wagtailadmin.access_admin")


def only_what_is_shown(document: SiteDocument, request: HttpRequest) -> None:
    """Wagtail's hook `before_serve_document`. Raises Http404: that a file exists is told to nobody."""
    if not may_read(document=document, request=request):
        raise Http404


def note_references(sender: Any, instance: Page, **kwargs: Any) -> None:
    """What a page shows is known at once when it is published; Wagtail would note it later, as background work."""
    ReferenceIndex.create_or_update_for_object(instance)

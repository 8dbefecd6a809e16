"""What changes the tree changes the index: removal at once, everything else as background work."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from cms.files.models import SiteDocument
from cms.search import indexing, tasks
from cms.search.models import SearchEntry

_MOST_AT_ONCE = 200
"""Pages in one task; a moved section of more is several tasks."""


@receiver(page_published, dispatch_uid="search-published")
def _published(instance: Page, **kwargs: Any) -> None:
    _later([instance.pk])


@receiver(page_unpublished, dispatch_uid="search-unpublished")
def _unpublished(instance: Page, **kwargs: Any) -> None:
    indexing.forget(SearchEntry.objects.filter(page_id=instance.pk))


@receiver(post_page_move, dispatch_uid="search-moved")
def _moved(instance: Page, **kwargs: Any) -> None:
    """A page may have moved into a part that is closed, or out of one."""
    page = Page.objects.get(pk=instance.pk)
    indexing.forget_pages(path=page.path)
    _below(page)


@receiver([post_save, post_delete], sender=PageViewRestriction, dispatch_uid="search-restricted")
def _restricted(instance: PageViewRestriction, **kwargs: Any) -> None:
    page = Page.objects.filter(pk=instance.page_id).first()
    if page is not None:
        indexing.forget_pages(path=page.path)
        _below(page)


@receiver([post_save, post_delete], sender=CollectionViewRestriction, dispatch_uid="search-collection-restricted")
def _collection_restricted(instance: CollectionViewRestriction, **kwargs: Any) -> None:
    """Pages that offer a file of the collection are looked at again."""
    collection = Collection.objects.filter(pk=instance.collection_id).first()
    if collection is None:
        return
    documents = SiteDocument.objects.filter(collection__path__startswith=collection.path)
    affected = set(SearchEntry.objects.filter(document__in=documents).values_list("page_id", flat=True))
    indexing.forget(SearchEntry.objects.filter(document__in=documents))
    affected |= _offering(documents.values_list("pk", flat=True))
    _later(sorted(affected))


@receiver(post_save, sender=SiteDocument, dispatch_uid="search-document")
def _document_changed(instance: SiteDocument, created: bool, **kwargs: Any) -> None:
    if not created:
        _later(sorted(_offering([instance.pk])))


def _offering(documents: Any) -> set[int]:
    """Pages that refer to these documents, by Wagtail's own index of references."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import ReferenceIndex

    kinds = ContentType.objects.get_for_models(Page, SiteDocument)
    rows = ReferenceIndex.objects.filter(
        Q(base_content_type=kinds[Page]),
        to_content_type=kinds[SiteDocument],
        to_object_id__in=[str(key) for key in documents],
    )
    return {int(key) for key in rows.values_list("object_id", flat=True)}


def _below(page: Page) -> None:
    _later(list(Page.objects.filter(path__startswith=page.path).order_by("path").values_list("pk", flat=True)))


def _later(page_ids: list[int]) -> None:
    for begin in range(0, len(page_ids), _MOST_AT_ONCE):
        part = page_ids[begin : begin + _MOST_AT_ONCE]
        transaction.on_commit(lambda part=part: tasks.index_pages.enqueue(part))

"""Background work of the search."""

from __future__ import annotations

from django_tasks import task

from cms.search import indexing


@task()
def index_pages(page_ids: list[int]) -> int:
    """Bring the entries of these pages up to date; how many were written."""
    return indexing.index_pages(page_ids).written

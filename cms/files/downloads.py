"""Counting downloads without persons: one row a document and day, nothing else is kept."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from backend.core.identifiers import uuid7
from cms.files.models import DownloadCount, SiteDocument

_ADD = """
insert into files_downloadcount (id, document_id, day, count) values (%s, %s, %s, 1)
on conflict (document_id, day) do update set count = files_downloadcount.count + 1
"""


def count_download(*, document: SiteDocument) -> None:
    """Count one download of today; two at once are both counted."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [uuid7(), document.pk, timezone.localdate()])


def with_downloads() -> QuerySet[SiteDocument]:
    """Documents with `total_downloads` and their previews at hand."""
    counted = DownloadCount.objects.filter(document=OuterRef("pk")).order_by().values("document")
    total = Subquery(counted.annotate(total=Sum("count")).values("total"))
    return SiteDocument.objects.select_related("preview").annotate(total_downloads=Coalesce(total, 0))


def total_downloads(*, document: SiteDocument) -> int:
    """Downloads of a document in all."""
    found: int | None = DownloadCount.objects.filter(document=document).aggregate(total=Sum("count"))["total"]
    return found or 0


def on_document_served(sender: Any, instance: SiteDocument, request: Any = None, **kwargs: Any) -> None:
    """Receiver of Wagtail's `document_served`; a range asked for later is no further download."""
    if request is not None and request.method == "GET" and not request.headers.get("range"):
        count_download(document=instance)

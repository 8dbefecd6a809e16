"""Background work on pictures."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_tasks import task
from wagtail.models import Page

from cms.files.models import SiteImage
from cms.files.pictures import CARD_POSTER, IN_TEXT, PAGE_POSTER, specs


@task()
def draw_pictures(page_id: int) -> int:
    """Draw the sizes that a published page shows, so that no visitor and no query waits for them. How many pictures."""
    page = Page.objects.filter(pk=page_id, live=True).first()
    if page is None:
        return 0
    shown = page.specific
    wanted = dict.fromkeys(_in_text(shown), (IN_TEXT,))
    if getattr(shown, "poster_id", None):
        wanted[shown.poster_id] = (CARD_POSTER, PAGE_POSTER)
    for image in SiteImage.objects.filter(pk__in=wanted):
        image.get_renditions(*(spec for operation in wanted[image.pk] for spec in specs(operation)))
    return len(wanted)


def _in_text(page: Any) -> set[int]:
    body = getattr(page, "body", None)
    return {
        block["value"]["image"]
        for block in (body.raw_data if body else ())
        if block["type"] == "image" and block["value"]["image"]
    }


def draw_later(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Receiver of Wagtail's `page_published`."""
    transaction.on_commit(lambda: draw_pictures.enqueue(instance.pk))

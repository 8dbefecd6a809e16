"""Episodes that the public may watch or read."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from cms.base.selectors import readable_in
from cms.files.models import SiteRendition
from cms.klase.models import EpisodePage, Form

CARD_POSTER = "fill-640x360|format-webp|webpquality-72"
"""The rendition of a poster on a card."""
PAGE_POSTER = "fill-1120x630|format-webp|webpquality-72"
"""The rendition on the episode's own page."""


def episodes_for(*, language: str) -> QuerySet[EpisodePage]:
    """Clips, episodes and stories, each in their order, with the posters' renditions at hand."""
    rendition = Prefetch(
        "poster__renditions", SiteRendition.objects.filter(filter_spec=CARD_POSTER), to_attr="prefetched_renditions"
    )
    episodes = readable_in(EpisodePage.objects.all(), language=language).defer("body", "transcript", "questions")
    return episodes.select_related("poster").prefetch_related(rendition).order_by("form", "season", "number", "pk")


def latest_episodes(*, language: str, count: int) -> list[EpisodePage]:
    """The first `count` episodes of the newest season."""
    return list(episodes_for(language=language).filter(form=Form.EPISODE).order_by("-season", "number", "pk")[:count])

"""Episodes that the public may watch or read."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from cms.base.selectors import readable_in
from cms.files.models import SiteImage
from cms.klase.models import EpisodePage

CARD_POSTER = "fill-640x360|format-webp|webpquality-72"
"""The rendition of a poster on a card."""
PAGE_POSTER = "fill-1120x630|format-webp|webpquality-72"
"""The rendition on the episode's own page."""


def episodes_for(*, language: str) -> QuerySet[EpisodePage]:
    """Episodes in their order, with the posters' renditions at hand."""
    posters = SiteImage.objects.prefetch_renditions(CARD_POSTER)
    episodes = readable_in(EpisodePage.objects.all(), language=language)
    return (
        episodes.defer("body", "transcript", "questions")
        .order_by("season", "number", "pk")
        .prefetch_related(Prefetch("poster", posters))
    )


def latest_episodes(*, language: str, count: int) -> list[EpisodePage]:
    """The first `count` episodes of the newest season."""
    return list(episodes_for(language=language).order_by("-season", "number", "pk")[:count])

"""Episodes that the public may watch or read."""

from __future__ import annotations

from django.db.models import QuerySet

from cms.base.selectors import CARD, readable_in
from cms.files.pictures import CARD_POSTER, at_hand
from cms.klase.models import EpisodePage, Form


def episodes_for(*, language: str) -> QuerySet[EpisodePage]:
    """Clips, episodes and stories, each in their order, with the posters' renditions at hand."""
    episodes = readable_in(EpisodePage.objects.all(), language=language).only(
        *CARD, "form", "season", "number", "is_example", "poster"
    )
    return (
        episodes.select_related("poster")
        .prefetch_related(at_hand("poster", CARD_POSTER))
        .order_by("form", "season", "number", "pk")
    )


def latest_episodes(*, language: str, count: int) -> list[EpisodePage]:
    """The first `count` episodes of the newest season."""
    return list(episodes_for(language=language).filter(form=Form.EPISODE).order_by("-season", "number", "pk")[:count])

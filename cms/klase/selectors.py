"""Episodes that the public may watch or read."""

from __future__ import annotations

from django.db.models import QuerySet

from cms.base.selectors import CARD, asked, readable_in
from cms.files.pictures import CARD_POSTER, have_renditions
from cms.klase.models import EpisodePage, Form


def episodes_for(*, language: str) -> QuerySet[EpisodePage]:
    """Clips, episodes and stories, each in their order."""
    episodes = readable_in(EpisodePage.objects.all(), language=language).only(
        *CARD, "form", "season", "number", "is_example", "poster"
    )
    return episodes.select_related("poster").order_by("form", "season", "number", "pk")


def episodes_shown(*, language: str) -> list[EpisodePage]:
    """All of them, with the posters' renditions at hand. Two statements."""
    return _with_posters(asked(("episodes", language), lambda: episodes_for(language=language)))


def latest_episodes(*, language: str, count: int) -> list[EpisodePage]:
    """The first `count` episodes of the newest season."""
    return _with_posters(asked(("latest episodes", language, count), lambda: _latest(language)[:count]))


def _latest(language: str) -> QuerySet[EpisodePage]:
    return episodes_for(language=language).filter(form=Form.EPISODE).order_by("-season", "number", "pk")


def _with_posters(episodes: list[EpisodePage]) -> list[EpisodePage]:
    have_renditions((episode.poster for episode in episodes), CARD_POSTER)
    return episodes

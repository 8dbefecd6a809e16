"""Cards, bars and places that are written in Python let nothing loose of what people wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from backend.core.models import SourceStatus
from backend.insight.statistics.models import Comparator
from backend.insight.statistics.public import Figure
from backend.territory.models import Municipality
from cms.base.templatetags import card_tags
from cms.events.models import EventPage
from cms.faq.models import QuestionPage
from cms.figures.charts import chart_of
from cms.figures.maps import Place, PlaceMap, Shape
from cms.figures.templatetags import figure_tags
from cms.klase.models import EpisodePage
from cms.materials.models import MaterialPage
from cms.news.models import NewsArticlePage
from cms.youth.models import ProjectPage
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db
NAUGHTY = "<script>alert(1)</script> \"'&<b onclick='x'>"
CARDS: dict[type[Any], Callable[[Any], str]] = {
    NewsArticlePage: card_tags.article_card,
    EventPage: card_tags.event_card,
    EpisodePage: card_tags.episode_card,
    MaterialPage: lambda material: card_tags.material_card(material, ["other"]),
    ProjectPage: card_tags.project_card,
    QuestionPage: card_tags.question_row,
}


@pytest.mark.parametrize("model", CARDS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("language", ["lv", "en"])
def test_a_card_escapes_what_an_editor_wrote(site: int, model: type[Any], language: str) -> None:
    page = model.objects.filter(locale__language_code="lv").first()
    for name in ("title", "summary", "url_path", "place", "slug"):
        if hasattr(page, name):
            setattr(page, name, NAUGHTY)
    with override(language):
        _holds_nothing_loose(CARDS[model](page))


def test_figures_escape_names_labels_and_sources(db: None) -> None:
    figure = Figure(
        indicator="x", name_lv="x", name_en="x", period=NAUGHTY, comparator=Comparator.MORE, value=Decimal(3), unit="plans",
        status=SourceStatus.FOUND, note="", source="https://example.org/" + NAUGHTY,
    )  # fmt: skip
    chart = chart_of(figures=[figure, replace(figure, source=NAUGHTY)], code="x", title="x", text="x")
    place = Place(Municipality(code=NAUGHTY, name_lv=NAUGHTY, name_en=NAUGHTY), 3, "1", Shape("M0 0", NAUGHTY, 1, 1))
    drawn = PlaceMap(places=[place], steps=[], height=1, on=None, boundary_source="", total=3)  # type: ignore[arg-type]
    _holds_nothing_loose(figure_tags.bars_drawn(chart))
    _holds_nothing_loose(figure_tags.series_rows(chart))
    _holds_nothing_loose(figure_tags.places_drawn(drawn))
    _holds_nothing_loose(figure_tags.places_listed(drawn, "/lv/iestades/"))


def test_a_page_that_is_only_in_the_other_language_says_so(client: Client, site: int) -> None:
    page = Markup(client.get("/en/news/").content.decode())
    foreign = [a for a in page.all("h3") if a.get("lang") == "lv"]
    assert foreign
    assert len([a for a in page.all("a") if a.get("hreflang") == "lv" and "class" not in a]) == len(foreign)
    assert len([a for a in page.all("span") if a.get("class") == "badge badge-language"]) == len(foreign)


def _holds_nothing_loose(html: str) -> None:
    page = Markup(html)
    tags = {tag for tag, _attributes in page.tags}
    assert not tags & {"script", "b"}, tags
    assert not [a for _tag, a in page.tags if any(name.startswith("on") for name in a)]
    assert "alert(1)" in html

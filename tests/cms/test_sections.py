"""Figures, materials, Klase and the content files: what each promises."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from backend.insight.statistics.models import PublishedFigure
from backend.insight.statistics.public import published_figures
from cms.base.content_files import inline, read_file
from cms.base.loading import load_site
from cms.base.numbers import written
from cms.figures.charts import chart_of, round_top
from cms.klase.models import EpisodePage
from cms.materials.models import MaterialPage
from cms.materials.selectors import materials_for
from cms.news.models import NewsArticlePage
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db


def test_the_chart_draws_what_was_published(client: Client, site: int) -> None:
    page = Markup(client.get("/lv/skaitli/").content.decode())
    years = ["2017/2018", "2018/2019", "2019/2020", "2020/2021"]
    stored = {f.period: f.value for f in PublishedFigure.objects.filter(indicator__code="iap_count", period__in=years)}
    widths = [Decimal(bar["width"].rstrip("%")) for bar in page.all("rect") if "chart-bar" in bar["class"].split()]
    assert widths[:4] == [round(stored[year] * 100 / 25_000, 2) for year in years]
    assert all(0 < width <= 100 for width in widths)
    text = " ".join(page.text)
    for value in stored.values():
        assert text.count(written(value, language="lv")) >= 3, "in the drawing, its description and the table"
    assert {chart["role"] for chart in page.all("svg", class_="chart")} == {"img"}
    assert len(page.all("svg", class_="chart")) == len(page.all("table")) == 4


def test_what_we_inferred_is_marked(client: Client, site: int) -> None:
    page = Markup(client.get("/en/figures/").content.decode())
    marked = [bar for bar in page.all("rect") if "chart-bar-inferred" in bar["class"]]
    assert len(marked) == 4
    assert " ".join(page.text).count("inferred") >= 4


def test_a_chart_ends_at_a_round_number() -> None:
    tops = {"21732": "25000", "8.7": "10", "100": "100", "14.3": "15", "0.04": "0.04", "0": "1"}
    assert {value: round_top(Decimal(value)) for value in tops} == {value: Decimal(top) for value, top in tops.items()}


def test_figures_of_an_unknown_indicator(site: int) -> None:
    assert published_figures(indicator="nobody_counted_this") == []
    assert [str(figure.value) for figure in published_figures(indicator="iap_target_exceeded")] == ["45.00"]


def test_a_chart_needs_figures(site: int) -> None:
    with pytest.raises(ValueError, match="empty"):
        chart_of(figures=[], code="x", title="x", text="")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("kind=worksheet", 1),
        ("kind=checklist", 2),
        ("audience=parent", 1),
        ("topic=wellbeing", 1),
        ("grade=12", 3),
        ("q=KONSULT", 1),
        ("q=kontrols&audience=leadership&kind=checklist&grade=1&material_language=lv", 1),
        ("material_language=en", 0),
        ("kind=nonsense&grade=99", 3),
        ("q=%27%3Cscript%3E", 0),
        ("q=%00", 3),
        ("page=999", 3),
    ],
)
def test_the_filter_works_without_javascript(client: Client, site: int, query: str, found: int) -> None:
    response = client.get(f"/lv/materiali/?{query}")
    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("card card-material") == found
    assert "<script>" not in html.split("<main", 1)[1]


def test_the_filter_remembers_what_was_chosen(client: Client, site: int) -> None:
    page = Markup(client.get("/lv/materiali/?kind=checklist&q=saraksts").content.decode())
    assert [option["value"] for option in page.all("option") if "selected" in option and option["value"]] == ["checklist"]
    assert page.all("input", name="q")[0]["value"] == "saraksts"
    assert page.all("form", class_="filter")[0]["method"] == "get"


def test_english_readers_are_offered_translations_and_what_is_only_in_latvian(site: int) -> None:
    titles = [material.title for material in materials_for(language="en")]
    assert "Checklist for class teachers" in titles
    assert "Kontrolsaraksts klases audzinātājam" not in titles
    assert len(titles) == 3


def test_a_material_page_says_kind_and_size_of_its_file(client: Client, site: int) -> None:
    html = client.get("/lv/materiali/atbalsta-plana-darba-lapa/").content.decode()
    material = MaterialPage.objects.get(slug="atbalsta-plana-darba-lapa")
    assert "DOCX, " in html
    assert material.document.url in [link["href"] for link in Markup(html).all("a")]


def test_every_episode_is_plainly_an_example_without_a_video(client: Client, site: int) -> None:
    for episode in EpisodePage.objects.live():
        html = client.get(f"/lv/klase/{episode.slug}/").content.decode()
        assert "badge-example" in html
        assert "Šī sērija ir paraugs" in html
        assert "youtube" not in html.lower()


def test_an_example_with_a_video_is_refused(site: int) -> None:
    episode = EpisodePage.objects.first()
    assert episode is not None
    episode.youtube_id = "abcdefghijk"
    with pytest.raises(ValidationError) as refused:
        episode.full_clean()
    assert "youtube_id" in refused.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        EpisodePage.objects.filter(pk=episode.pk).update(youtube_id="abcdefghijk")


def test_a_real_episode_offers_a_link_and_no_player(client: Client, site: int) -> None:
    episode = EpisodePage.objects.get(slug="parauga-epizode-1")
    episode.is_example, episode.youtube_id = False, "aB3-_defghi"
    episode.transcript = [("line", "<p>Labdien!</p>")]
    episode.save_revision().publish()
    html = client.get("/lv/klase/parauga-epizode-1/").content.decode()
    page = Markup(html)
    start = page.all("a", class_="player-start")[0]
    assert start["href"] == "https://www.youtube.com/watch?v=aB3-_defghi"
    assert page.all("iframe") == []
    assert "Labdien!" in html
    assert "badge-example" not in html
    assert "Šī sērija ir paraugs" not in html


@pytest.mark.parametrize("wrong", ["short", "https://youtu.be/abcdefghijk", "abcdefghij!", "ābcdefghijk"])
def test_a_video_is_named_by_its_bare_id(site: int, wrong: str) -> None:
    episode = EpisodePage.objects.first()
    assert episode is not None
    episode.is_example, episode.youtube_id = False, wrong
    with pytest.raises(ValidationError) as refused:
        episode.full_clean()
    assert "youtube_id" in refused.value.message_dict


def test_a_second_load_writes_nothing_and_keeps_the_editors_words(site: int) -> None:
    article = NewsArticlePage.objects.get(slug="palielina-finansejumu")
    article.title = "Redaktora virsraksts"
    article.save_revision().publish()
    assert load_site() == 0
    assert NewsArticlePage.objects.get(pk=article.pk).title == "Redaktora virsraksts"
    assert load_site(refresh=True) == site
    assert NewsArticlePage.objects.get(pk=article.pk).title.startswith("Projekta „PuMPuRS”")


def test_every_article_names_its_source(site: int) -> None:
    assert list(NewsArticlePage.objects.filter(source_name="").values_list("slug", flat=True)) == []


def test_a_content_file_with_a_mistake_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.lv.md"
    file.write_text("title: X\n---\n::: facts\nA :: B\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.lv\.md.*no end"):
        read_file(file)
    file.write_text("title: X\n---\n::: riddle\nA\n:::\n", encoding="utf-8")
    with pytest.raises(ValueError, match="riddle"):
        read_file(file)


def test_content_files_escape_what_is_no_markup() -> None:
    assert inline("a < b **c** [d](/e/)") == 'a &lt; b <b>c</b> <a href="/e/">d</a>'


def test_numbers() -> None:
    cases = {
        "6834": "6834",
        "39812376": "39\u00a0812\u00a0376",
        "8.70": "8,7",
        "37046337.41": "37\u00a0046\u00a0337,41",
        "4.5": "4,5",
    }
    assert {value: written(Decimal(value), language="lv") for value in cases} == cases
    assert written(Decimal("31732.10"), language="en") == "31,732.10"


def test_no_person_is_named_in_the_content() -> None:
    """Institutional addresses only: no other e-mail stands in the site's texts."""
    root = Path(__file__).resolve().parents[2] / "cms"
    files = [*root.rglob("fixtures/**/*.md"), *root.rglob("fixtures/**/*.csv")]
    addresses = {found for file in files for found in re.findall(r"[\w.]+@[\w.]+\w", file.read_text())}
    assert {address for address in addresses if not address.endswith(".example")} == {"pmp@ikvd.gov.lv"}

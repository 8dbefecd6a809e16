"""Open data in a browser: sound and accessible in both languages, and drawn on the page of figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import SIZES, Scheme, findings, show_as
from tests.e2e.conftest import Watch
from tests.standing import Standing

FIRST = "public-1"
ADDRESSES = (
    "/open-data/",
    "/open-data/method/",
    "/open-data/changes/",
    f"/open-data/{FIRST}/",
    f"/open-data/{FIRST}/plans-territory/",
    f"/open-data/{FIRST}/learners-territory/",
)


@pytest.fixture(scope="module", params=["lv", "en"])
def reader(request: pytest.FixtureRequest, browser: Browser, standing: Standing) -> Iterator[tuple[Page, str]]:
    """A page whose reader prefers a language: these addresses name none."""
    context = browser.new_context(base_url=standing.base_url, locale={"lv": "lv-LV", "en": "en-GB"}[request.param])
    page = context.new_page()
    watch = Watch.over(page, standing.base_url)
    yield page, request.param
    watch.check()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(reader: tuple[Page, str], size: str, scheme: Scheme) -> None:
    page, language = reader
    show_as(page, SIZES[size], scheme)
    found = []
    for address in ADDRESSES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1, address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
        found += findings(page, scheme)
    assert found == []


def test_a_reader_goes_from_the_foot_to_a_file(page: Page, watch: Watch) -> None:
    page.goto("/lv/")
    page.get_by_role("contentinfo").get_by_role("link", name="Atvērtie dati").click()
    page.locator("main tbody th a").first.click()
    expect(page.locator("main table caption")).to_have_count(1)
    with page.expect_download() as waiting:
        page.get_by_role("main").get_by_role("link", name="CSV", exact=True).click()
    assert open(waiting.value.path(), encoding="utf-8").readline().startswith("territory")  # noqa: SIM115


def test_the_figures_page_draws_the_newest_release(page: Page, watch: Watch) -> None:
    page.goto("/lv/skaitli/")
    source = page.locator(f"main a[href^='/open-data/{FIRST}/']")
    assert source.count() == 4, "a chart and a map, each with its table and its file"
    drawn = page.locator(".series-map").first
    assert drawn.locator("svg .place").count() == drawn.locator(".map-list li").count() == 43
    source.first.click()
    expect(page.locator("h1")).to_be_visible()

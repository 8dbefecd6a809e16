"""The public site in a browser: every page sound, in both languages, on a phone and on a desk."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import PHONE, SIZES, Scheme, findings, findings_at, show_as
from tests.e2e.conftest import Watch
from tests.standing import Standing

LATVIAN = ("/lv/", "/lv/par-projektu/", "/lv/jaunumi/", "/lv/klase/", "/lv/materiali/", "/lv/skaitli/", "/lv/pasakumi/",
           "/lv/jautajumi/", "/lv/jautajumi/druka/", "/lv/iestades/", "/lv/kontakti/", "/lv/iniciativas/", "/lv/atbalsts/",
           "/lv/lapas-karte/")  # fmt: skip
ENGLISH = ("/en/", "/en/about/", "/en/news/", "/en/klase/", "/en/materials/", "/en/figures/", "/en/events/", "/en/questions/",
           "/en/institutions/", "/en/contacts/", "/en/initiatives/", "/en/support/", "/en/site-map/")  # fmt: skip


def _links(page: Page) -> set[str]:
    """Addresses on this page that stay on the site and are pages."""
    here = urlsplit(page.url).netloc
    found = set()
    targets = page.evaluate("[...document.querySelectorAll('a[href]:not([download])')].map(link => link.getAttribute('href'))")
    for target in targets:
        address = urlsplit(urljoin(page.url, target))
        if address.netloc == here and address.path.startswith(("/lv/", "/en/")):
            found.add(address.path)
    return found


@dataclass
class Visit:
    """What one page showed."""

    language: str | None
    headings: int
    title: str
    overhang: int
    """CSS pixels by which the page is wider than the window."""


@dataclass
class Crawl:
    """Every page that a visitor can reach by links from the two home pages, each loaded once."""

    watch: Watch
    visits: dict[str, Visit]


@pytest.fixture(scope="module")
def crawl(standing: Standing, browser: Browser) -> Crawl:
    context = browser.new_context(base_url=standing.base_url)
    page = context.new_page()
    found = Crawl(watch=Watch.over(page, standing.base_url), visits={})
    waiting = ["/lv/", "/en/"]
    while waiting:
        address = waiting.pop()
        if address in found.visits or re.search(r"\.(ics|csv|xml)$|/rss/$|/csv/", address):
            continue
        page.goto(address)
        found.visits[address] = Visit(
            language=page.locator("html").get_attribute("lang"),
            headings=page.locator("h1").count(),
            title=page.title().strip(),
            overhang=page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
        )
        waiting.extend(_links(page) - found.visits.keys())
    context.close()
    return found


@pytest.fixture(scope="module")
def addresses(crawl: Crawl) -> list[str]:
    return sorted(crawl.visits)


def test_the_crawl_reaches_both_languages(addresses: list[str]) -> None:
    assert set(LATVIAN) | set(ENGLISH) <= set(addresses)
    assert len(addresses) >= 100


def test_every_page_loads_soundly(crawl: Crawl) -> None:
    crawl.watch.check()
    for address, visit in crawl.visits.items():
        assert visit.language == address.split("/")[1], address
        assert visit.headings == 1, address
        assert visit.title, address
        assert visit.overhang <= 0, f"{address} scrolls sideways"


def _each_kind(addresses: list[str]) -> list[str]:
    """Of the pages below one page, which share a template, three; that is every page where there are no more."""
    below: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        below[address.rstrip("/").rpartition("/")[0]].append(address)
    return [address for pages in below.values() for address in pages[:3]]


def test_axe_sees_what_the_dark_hides(page: Page, watch: Watch) -> None:
    """The shorter list of rules still finds a text that can be read in the light alone."""
    page.goto("/lv/")
    page.evaluate("document.querySelector('h1').style.color = '#12333f'")
    for scheme, rules in {"light": set(), "dark": {"color-contrast"}}.items():
        show_as(page, PHONE, scheme)  # type: ignore[arg-type]
        assert {rule for _, rule, _ in findings(page, scheme)} == rules  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, watch: Watch, addresses: list[str], size: str, scheme: Scheme) -> None:
    show_as(page, SIZES[size], scheme)
    # The languages differ in words, never in colours; every kind of page is looked at once.
    further = {"light": ENGLISH, "dark": ()}[scheme]
    chosen = _each_kind(addresses) if (size, scheme) == ("phone", "light") else []
    assert findings_at(page, sorted({*chosen, *LATVIAN, *further}), scheme) == []


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_on_a_phone_nothing_is_cut_off(page: Page, watch: Watch, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    for address in (*LATVIAN, *ENGLISH):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address


def test_the_root_leads_to_latvian(page: Page, watch: Watch) -> None:
    page.goto("/")
    assert urlsplit(page.url).path == "/lv/"


def test_a_visitor_changes_language_and_stays_on_the_subject(page: Page, watch: Watch) -> None:
    page.goto("/lv/par-projektu/")
    page.locator('a[hreflang="en"]').first.click()
    assert urlsplit(page.url).path == "/en/about/"
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_material_is_downloaded(page: Page, watch: Watch) -> None:
    page.goto("/lv/materiali/")
    page.locator("main a[href^='/lv/materiali/']").first.click()
    with page.expect_download() as waiting:
        page.locator("main a[href*='/downloads/']").first.click()
    content = open(waiting.value.path(), "rb").read()  # noqa: SIM115
    assert len(content) > 2_000
    assert content.startswith((b"%PDF-", b"PK\x03\x04"))


def test_materials_are_filtered_without_javascript(browser: object, standing: Standing) -> None:
    context = browser.new_context(base_url=standing.base_url, java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto("/lv/materiali/")
    before = page.locator("main a[href^='/lv/materiali/']").count()
    form = page.locator("main form").first
    form.locator("select").first.select_option(index=1)
    form.locator("button[type=submit], input[type=submit]").first.click()
    assert "?" in page.url
    assert page.locator("h1").count() == 1
    assert before >= 1
    context.close()


def test_several_materials_are_taken_without_javascript(browser: object, standing: Standing) -> None:
    context = browser.new_context(base_url=standing.base_url, java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto("/lv/materiali/")
    for box in page.locator("main input[type=checkbox]").all()[:2]:
        box.check()
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main input[type=checkbox]:checked")).to_have_count(2)
    with page.expect_download() as waiting:
        page.locator("main button[formaction]").click()
    content = open(waiting.value.path(), "rb").read()  # noqa: SIM115
    assert content.startswith(b"PK\x03\x04")
    context.close()


def test_the_keyboard_reaches_the_content_first(page: Page, watch: Watch) -> None:
    page.goto("/lv/")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused.startswith("#")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == focused
    assert page.locator(focused).count() == 1


def test_figures_say_the_same_in_picture_and_table(page: Page, watch: Watch) -> None:
    page.goto("/lv/skaitli/")
    picture = page.locator("main figure svg").first
    expect(picture).to_be_visible()
    assert picture.get_attribute("role") == "img"
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    text = re.sub(r"\s", "", page.locator("main").inner_text())
    for value in ("6834", "15129", "21732", "19757"):
        assert value in text


def test_a_lost_visitor_is_helped(page: Page, standing: Standing) -> None:
    answer = page.goto("/lv/nav-tadas-lapas/")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").count() == 1
    assert page.locator("a[href='/lv/']").count() >= 1

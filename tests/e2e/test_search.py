"""The search in a browser: sound and accessible with and without results, and completed by the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import SIZES, Scheme, findings, show_as
from tests.e2e.conftest import Watch
from tests.standing import Standing

ADDRESSES = (
    "/lv/meklet/",
    "/lv/meklet/?q=projekta",
    "/lv/meklet/?q=supervizjia",
    "/en/search/?q=project",
    "/en/search/?q=kvazzl",
)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, watch: Watch, size: str, scheme: Scheme) -> None:
    show_as(page, SIZES[size], scheme)
    for address in ADDRESSES:
        page.goto(address)
        assert page.locator("h1").count() == 1, address
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{address} scrolls sideways"
        assert findings(page, scheme) == []


def test_words_are_completed_by_the_keyboard(page: Page, watch: Watch) -> None:
    page.goto("/lv/meklet/")
    box = page.get_by_role("combobox")
    box.press_sequentially("superv")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    assert box.get_attribute("aria-expanded") == "true"
    assert findings(page, "light") == []
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    box.press_sequentially("ī")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    chosen = options.first.inner_text()
    box.press("Enter")
    expect(page.locator("#found")).to_contain_text("lap")
    assert page.get_by_role("combobox").input_value() == chosen
    assert page.locator("mark").count() > 0


def test_it_works_without_scripts(browser: Browser, standing: Standing) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=standing.base_url, locale="lv-LV")
    page = context.new_page()
    page.goto("/lv/")
    page.get_by_role("link", name="Meklēt").click()
    page.get_by_role("searchbox").fill("kavējumi")
    page.get_by_role("button", name="Atrast").click()
    expect(page.locator(".results li").first).to_be_visible()
    page.locator(".narrow-by a").first.click()
    expect(page.locator(".narrow-by [aria-current]").first).to_be_visible()
    context.close()

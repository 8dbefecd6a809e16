"""Walked with the Tab key: the focus goes the way the eye goes, is always seen, and opens what a pointer would."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import DESK, PHONE, SIZES
from tests.e2e.conftest import Watch

PAGES = ("/lv/", "/lv/materiali/", "/lv/skaitli/", "/lv/iestades/", "/lv/meklet/?q=projekts")
MOST_STOPS = 160
STOP = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const box = here.getBoundingClientRect();
  const card = here.closest('.card');
  const outlined = (element) => element && getComputedStyle(element).outlineStyle !== 'none';
  return {
    name: (here.getAttribute('aria-label') || here.innerText || here.value || here.name || '').trim().slice(0, 40),
    part: (here.closest('header, main, footer') || here).tagName,
    column: here.closest('aside, form, section, nav')?.tagName || '',
    top: box.top + scrollY, left: box.left, width: box.width, height: box.height,
    // Inside a date the browser marks the part itself.
    seen: outlined(here) || outlined(card) || here.type === 'date',
    hidden: Boolean(here.closest('[aria-hidden=true]')),
  };
}"""


def _stops(page: Page) -> list[dict[str, Any]]:
    """Every place where Tab stops, from the top of the page."""
    found = []
    for _step in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        found.append(stop)
    return found


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_focus_goes_the_way_of_the_eye(page: Page, watch: Watch, address: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(address)
    stops = _stops(page)
    assert len(stops) >= 20
    assert stops[0]["name"] == "Pāriet uz saturu"
    assert [stop for stop in stops if not stop["seen"]] == [], "the focus is not seen"
    assert [stop for stop in stops if not stop["name"]] == [], "nobody hears where the focus is"
    assert [stop for stop in stops if stop["hidden"]] == []
    parts = [stop["part"] for stop in stops[1:]]
    assert parts == sorted(parts, key=["HEADER", "MAIN", "FOOTER"].index)
    for before, after in pairwise(stops[1:]):
        if before["part"] == after["part"] == "MAIN" and size == PHONE:
            assert after["top"] >= before["top"] - 60, (before["name"], after["name"])


def test_choices_unfold_on_a_phone(page: Page, watch: Watch) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/lv/materiali/")
    field = page.get_by_label("Veids")
    expect(field).to_be_hidden()
    page.locator(".filter summary").focus()
    page.keyboard.press("Enter")
    expect(field).to_be_visible()
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto("/lv/materiali/")
    expect(page.get_by_label("Veids")).to_be_visible()


def test_escape_closes_the_menu_of_a_phone(page: Page, watch: Watch) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/lv/")
    menu = page.locator(".menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu-list")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".menu-list")).to_be_hidden()
    expect(menu).to_be_focused()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_largest_text_cuts_nothing_off(page: Page, watch: Watch, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    for address in ("/lv/", "/lv/materiali/", "/lv/skaitli/"):
        page.goto(address)
        larger = page.locator("button[data-text-step='1']")
        while larger.get_attribute("aria-disabled") != "true":
            larger.click()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
        for part in (".brand", ".to-search", ".language", ".menu"):
            box = page.locator(f".head {part}").bounding_box()
            assert box is not None, part
            assert box["width"] > 20, part
            assert box["x"] + box["width"] <= size["width"], (address, part)


def test_the_list_lights_up_the_map(page: Page, watch: Watch) -> None:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto("/lv/skaitli/")
    register = page.locator(".series-map").last  # the map before it is drawn from a release, and its list has no links
    link = register.locator(".map-list a").first
    link.focus()
    code = link.evaluate("link => link.closest('li').dataset.place")
    expect(register.locator(f".map svg [data-place='{code}']")).to_have_class(re.compile("is-shown"))
    register.locator(".map svg a").nth(3).click()
    expect(register.locator(".map-list li:target")).to_be_in_viewport()

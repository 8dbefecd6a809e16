"""axe over pages: everything it knows in the light, whatever depends on colour in the dark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "desk": DESK}
TAGS = ("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "section508")
COLOURS = ("color-contrast", "color-contrast-enhanced", "link-in-text-block")
"""Rules that look at colours: in the dark nothing else can differ, for both schemes are the same document with the same boxes."""
_ONLY: dict[str, dict[str, Any]] = {
    "light": {"type": "tag", "values": list(TAGS)},
    "dark": {"type": "rule", "values": list(COLOURS)},
}


def findings(page: Page, scheme: Scheme) -> list[tuple[str, str, list[Any]]]:
    """(address, rule, up to three places) of what axe finds on the page as it is shown now."""
    options = {"resultTypes": ["violations"], "runOnly": _ONLY[scheme]}
    found = Axe().run(page, options=options).response["violations"]
    return [(page.url, each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found]


def findings_at(page: Page, addresses: Iterable[str], scheme: Scheme) -> list[tuple[str, str, list[Any]]]:
    """The same over several pages, which are opened one after another."""
    found = []
    for address in addresses:
        page.goto(address)
        found += findings(page, scheme)
    return found


def show_as(page: Page, size: dict[str, int], scheme: Scheme) -> None:
    """The window and the colours that a reader has; nothing moves."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

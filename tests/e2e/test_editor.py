"""The editor in a browser: what only its scripts do."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Request, Route, expect

from tests.e2e.test_people import sign_in
from tests.standing import Standing

_SUMMARY = "#id_summary"
_WATCHED_AFTER = 2_500
"""Milliseconds; Wagtail begins to watch a form after two seconds."""


def _draft(page: Page, standing: Standing, title: str) -> None:
    """A new article, as far as the editor keeps it by itself."""
    sign_in(page, standing, "editor", at="/admin/login/")
    page.goto("/admin/pages/search/?q=Jaunumi&content_type=news.newsindexpage")
    address = page.get_by_role("link", name="Jaunumi", exact=True).first.get_attribute("href")
    found = re.search(r"/pages/(\d+)/", address or "")
    assert found, address
    page.goto(f"/admin/pages/add/news/newsarticlepage/{found[1]}/")
    page.wait_for_timeout(_WATCHED_AFTER)
    page.fill("#id_title", title)
    page.fill(_SUMMARY, "Pirmie vārdi.")
    page.fill("#id_date", "2023-10-10")
    page.keyboard.press("Tab")
    page.wait_for_url(re.compile(r"/admin/pages/\d+/edit/"))


def test_what_is_typed_while_the_editor_saves_is_saved_too(page: Page, standing: Standing) -> None:
    _draft(page, standing, "Raksts, ko saglabā pats redaktors")
    page.goto(page.url)
    typed: list[bool] = []
    page.wait_for_timeout(_WATCHED_AFTER)

    def saves(request: Request) -> bool:
        return request.method == "POST" and request.url.endswith("/edit/")

    def with_words_on_the_way(route: Route) -> None:
        if not saves(route.request) or typed:
            route.continue_()
            return
        answer = route.fetch()
        typed.append(True)
        page.fill(_SUMMARY, "Vārdi pa ceļam.")  # too late for Wagtail to look at the form before the answer is there
        route.fulfill(response=answer)

    page.route("**/edit/", with_words_on_the_way)
    with page.expect_request(lambda request: saves(request) and "Vārdi pa ceļam." in (request.post_data or "")) as second:
        page.fill(_SUMMARY, "Vārdi pirms tam.")
    assert second.value.response()
    page.unroute("**/edit/")
    page.goto(page.url)
    expect(page.locator(_SUMMARY)).to_have_value("Vārdi pa ceļam.")


def test_the_panel_of_checks_looks_at_the_preview(page: Page, standing: Standing) -> None:
    _draft(page, standing, "Raksts, ko pārbauda")
    page.get_by_role("button", name="Rādīt vai slēpt pārbaudes").click()
    words = page.locator("[data-content-word-count]").first
    expect(words).to_have_text(re.compile(r"^\s*\d+\s*$"), timeout=20_000)

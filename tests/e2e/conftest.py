"""Debian's Chromium against the standing platform."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Response

from tests.standing import Standing

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's browser instead of a download."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, "Chromium is missing: `make test` installs it, or: apt-get install chromium"
    return {**browser_type_launch_args, "executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], standing: Standing) -> dict[str, Any]:
    return {**browser_context_args, "base_url": standing.base_url, "locale": "lv-LV"}


@dataclass
class Watch:
    """What a page asked for and what came back."""

    host: str
    failed: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def over(cls, page: Page, base_url: str) -> Watch:
        """A watch over everything that `page` loads from now on."""
        seen = cls(host=urlsplit(base_url).netloc)
        page.on("request", seen.request)
        page.on("response", seen.response)
        page.on("console", lambda message: seen.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        return seen

    def request(self, request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https"} and urlsplit(request.url).netloc != self.host:
            self.elsewhere.append(request.url)

    def response(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")

    def check(self) -> None:
        """Nothing failed, nothing came from another host, the console is quiet."""
        assert self.failed == []
        assert self.elsewhere == []
        assert self.complaints == []


@pytest.fixture
def watch(page: Page, standing: Standing) -> Iterator[Watch]:
    """Watches everything that `page` loads, and judges it at the end of the test."""
    seen = Watch.over(page, standing.base_url)
    yield seen
    seen.check()

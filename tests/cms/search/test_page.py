"""The search page: what it finds, what it shows, what it forgives."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_any_form_finds_the_page_and_is_marked(client: Client, index: int) -> None:
    html = client.get("/lv/meklet/", {"q": "supervīzijām"}).content.decode()
    assert "<mark>" in html
    print(html[html.index("<main"):][:6000])

"""What is kept is sent compressed to whoever takes it, and nothing else is (docs/decisions/0196)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.cms.keeping import keeping
from tests.cms.test_kept_pages import PLACES

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(site: int) -> Iterator[None]:
    """The loaded site, its answers kept."""
    with keeping():
        yield


@pytest.mark.parametrize("name", ["article", "sitemap", "feed", "api news"])
@pytest.mark.parametrize("taken", ["gzip", "br, gzip;q=0.8", "deflate,GZIP", "x-gzip"])
def test_what_is_kept_comes_compressed_to_who_takes_it(kept: None, name: str, taken: str) -> None:
    plain = Client().get(PLACES[name])
    for _time in range(2):
        packed = Client().get(PLACES[name], headers={"accept-encoding": taken})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
        assert packed["ETag"] == plain["ETag"]
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer["Vary"]
    same = Client().get(PLACES[name], headers={"accept-encoding": taken, "if-none-match": packed["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert "Content-Encoding" not in same.headers


@pytest.mark.parametrize("taken", ["", "identity", "gzip;q=0", "gzip; q=0.0, br", "br", "agzip", "gzipped"])
def test_it_comes_as_it_is_to_who_does_not(kept: None, taken: str) -> None:
    for _time in range(2):
        answer = Client().get(PLACES["article"], headers={"accept-encoding": taken})
        assert "Content-Encoding" not in answer.headers
        assert b"</html>" in answer.content


def test_what_somebody_chose_is_not_compressed(kept: None) -> None:
    """Its length could tell what else stands in it."""
    basket = "/lv/materiali/?m=kontrolsaraksts-klases-audzinatajam"
    for url in (basket, "/sign-in/"):
        assert "Content-Encoding" not in Client().get(url, headers={"accept-encoding": "gzip"}).headers

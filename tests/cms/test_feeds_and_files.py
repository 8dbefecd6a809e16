"""What machines read: feeds, CSV, site map, robots, security.txt, icon; and the files that people download."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client
from wagtail.models import Page

from backend.insight.statistics.models import PublishedFigure
from cms.base.loading import CMS
from cms.base.selectors import published
from cms.files.models import SiteDocument, SiteImage
from cms.materials.models import MaterialPage
from cms.news.models import NewsArticlePage

pytestmark = pytest.mark.django_db
FILES = CMS / "materials" / "fixtures" / "files"


@pytest.mark.parametrize(("url", "language", "count"), [("/lv/jaunumi/rss/", "lv", 14), ("/en/news/rss/", "en", 5)])
def test_the_feed_is_rss_of_one_language(client: Client, site: int, url: str, language: str, count: int) -> None:
    response = client.get(url)
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(response.content).find("channel")  # noqa: S314
    assert channel is not None
    assert channel.findtext("language") == language
    items = channel.findall("item")
    assert len(items) == count == NewsArticlePage.objects.live().filter(locale__language_code=language).count()
    for item in items:
        link = item.findtext("link") or ""
        assert link.startswith(settings.BASE_URL + f"/{language}/")
        assert client.get(link.removeprefix(settings.BASE_URL)).status_code == 200


def test_the_csv_says_what_was_published(client: Client, site: int) -> None:
    response = client.get("/lv/skaitli/iap_count/csv/")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="iap_count.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    stored = PublishedFigure.objects.filter(indicator__code="iap_count").order_by("position")
    assert [(row["period"], row["comparator"], row["value"], row["source"]) for row in rows] == [
        (figure.period, figure.comparator, format(figure.value.normalize(), "f"), figure.source) for figure in stored
    ]
    assert ("2019/2020", "21732") in [(row["period"], row["value"]) for row in rows]


def test_a_series_that_the_page_does_not_show_has_no_file(client: Client, site: int) -> None:
    assert client.get("/lv/skaitli/case_madona_funding/csv/").status_code == 404


def test_the_site_map_lists_every_page_with_its_translations(client: Client, site: int) -> None:
    response = client.get("/sitemap.xml")
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    urls = ET.fromstring(response.content).findall("s:url", names)  # noqa: S314
    assert len(urls) == published(Page.objects.filter(depth__gte=2)).count()
    by_location = {url.findtext("s:loc", "", names): url for url in urls}
    both = by_location[f"{settings.BASE_URL}/lv/skaitli/"].findall("x:link", names)
    assert {link.get("hreflang") for link in both} == {"lv", "en"}
    assert by_location[f"{settings.BASE_URL}/lv/klase/parauga-epizode-1/"].findall("x:link", names) == []


def test_files_for_machines(client: Client, site: int) -> None:
    robots = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in robots
    assert "Disallow: /admin/" in robots
    security = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines() if line)
    expires = dt.datetime.fromisoformat(security["Expires"].replace("Z", "+00:00"))
    assert dt.timedelta(0) < expires - dt.datetime.now(dt.UTC) < dt.timedelta(days=365)
    icon = b"".join(client.get("/favicon.ico").streaming_content)
    assert icon.startswith(b"\x00\x00\x01\x00")


def test_each_material_really_gives_its_file(client: Client, site: int) -> None:
    materials = list(MaterialPage.objects.live().select_related("document"))
    kinds = {
        "pdf": ("application/pdf", b"%PDF-"),
        "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
    }
    for material in materials:
        response = client.get(material.document.url)
        body = b"".join(response.streaming_content)
        extension = material.document.file_extension
        kind, beginning = kinds[extension]
        assert response["Content-Type"] == kind
        assert f".{extension}" in response["Content-Disposition"]
        assert body.startswith(beginning)
        assert len(body) == material.document.file_size == int(response["Content-Length"])
        assert body in {path.read_bytes() for path in FILES.iterdir()}
    assert {material.document.file_extension for material in materials} == {"pdf", "docx"}


def test_the_worksheet_is_a_document_that_can_be_opened() -> None:
    with zipfile.ZipFile(FILES / "pumpurs-atbalsta-plana-darba-lapa.docx") as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314
        assert "sarunas darba lapa" in archive.read("word/document.xml").decode()


def test_documents_lie_outside_the_public_folder(client: Client, site: int) -> None:
    document = SiteDocument.objects.first()
    assert document is not None
    assert document.file.path.startswith(str(settings.PRIVATE_MEDIA_ROOT))
    assert client.get(f"/media/{document.file.name}").status_code == 404


def test_media_gives_renditions_and_nothing_else(client: Client, site: int) -> None:
    image = SiteImage.objects.first()
    assert image is not None
    rendition = image.get_rendition("fill-640x360|format-webp|webpquality-72")
    response = client.get(rendition.url)
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]
    assert b"".join(response.streaming_content)[8:12] == b"WEBP"
    for path in (image.file.name, "../private/documents/x.pdf", "images/../../private/x", "images/missing.webp"):
        assert client.get(f"/media/{path}").status_code == 404, path

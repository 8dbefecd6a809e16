"""The materials shop: counts that are true, several at once, first pages, downloads counted without persons, the feed."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from cms.files.downloads import count_download, total_downloads
from cms.files.models import DownloadCount, SiteDocument, SiteImage
from cms.files.previews import make_preview
from cms.materials import basket
from cms.materials.models import MaterialPage, MaterialVersion
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db
CHECKLIST = "kontrolsaraksts-klases-audzinatajam"
WORKSHEET = "atbalsta-plana-darba-lapa"


@pytest.mark.parametrize("field", ["audience", "kind", "topic", "grade", "material_language", "year"])
@pytest.mark.parametrize("beside", ["", "grade=5", "kind=checklist&q=kontrol", "since=2024-01-01"])
def test_each_count_is_what_choosing_it_would_show(client: Client, site: int, field: str, beside: str) -> None:
    beside = "&".join(part for part in beside.split("&") if not part.startswith(f"{field}="))
    select = re.search(rf'<select name="{field}".*?</select>', client.get(f"/lv/materiali/?{beside}").content.decode(), re.S)
    assert select
    counts = re.findall(r'<option value="([^"]*)"[^>]*>[^<]*\((\d+)\)', select[0])
    assert len(counts) >= 2
    for value, number in counts:
        shown = client.get(f"/lv/materiali/?{beside}&{field}={value}").content.decode()
        assert shown.count("card card-material") == int(number), (value, beside)


def test_new_since_a_day_counts_new_versions(client: Client, site: int) -> None:
    material = MaterialPage.objects.get(slug=WORKSHEET)
    MaterialVersion.objects.create(material=material, label="2", date=dt.date(2031, 5, 1), changes="Jauna tabula.")
    html = client.get("/lv/materiali/?since=2031-04-30").content.decode()
    assert re.findall(r'href="/lv/materiali/([\w-]+)/"', html.partition("<main")[2]).count(WORKSHEET) == 1
    assert html.count("card card-material") == 1
    assert client.get("/lv/materiali/?since=2031-05-02").content.decode().count("card card-material") == 0
    assert client.get("/lv/materiali/?since=nonsense").content.decode().count("card card-material") == 3


def _zip(client: Client, *slugs: str) -> zipfile.ZipFile:
    response = client.get("/lv/materiali/zip/", {"m": list(slugs)})
    assert response["Content-Type"] == "application/zip"
    assert "attachment" in response["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_several_materials_come_as_one_file(client: Client, site: int) -> None:
    with _zip(client, CHECKLIST, WORKSHEET, CHECKLIST, "nav-tada") as archive:
        assert archive.testzip() is None
        documents = {m.document.filename: m.document for m in MaterialPage.objects.filter(slug__in=[CHECKLIST, WORKSHEET])}
        assert set(archive.namelist()) == {*documents, "saturs.txt"}
        for name, document in documents.items():
            assert archive.read(name) == document.file.open().read()
        contents = archive.read("saturs.txt").decode()
    assert f"/lv/materiali/{CHECKLIST}/" in contents
    assert "Creative Commons" in contents


def test_a_draft_is_in_no_file(client: Client, site: int) -> None:
    MaterialPage.objects.get(slug=CHECKLIST).unpublish()
    with _zip(client, CHECKLIST, WORKSHEET) as archive:
        assert len(archive.namelist()) == 2
    assert client.get("/lv/materiali/zip/", {"m": [CHECKLIST]}).status_code == 302


@pytest.mark.parametrize("query", ["", "m=", "m=nav", "m=%00", "m=../../etc/passwd"])
def test_an_empty_basket_leads_back_and_says_so(client: Client, site: int, query: str) -> None:
    response = client.get(f"/lv/materiali/zip/?kind=worksheet&{query}")
    assert (response.status_code, response["Location"]) == (302, "/lv/materiali/?kind=worksheet&m=#basket")
    said = Markup(client.get(response["Location"]).content.decode()).all("p", role="alert")
    assert len(said) == 1
    assert not Markup(client.get("/lv/materiali/?kind=worksheet").content.decode()).all("p", role="alert")


def test_what_would_be_too_large_is_left_out_and_named(client: Client, site: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basket, "LARGEST", 10_000)
    with _zip(client, CHECKLIST, WORKSHEET) as archive:
        assert [name for name in archive.namelist() if name.endswith(".pdf")] == []
        assert "lejupielādē atsevišķi" in archive.read("saturs.txt").decode()


def test_the_choice_stays_while_the_list_is_narrowed(client: Client, site: int) -> None:
    html = client.get(f"/lv/materiali/?kind=worksheet&m={CHECKLIST}&m={WORKSHEET}").content.decode()
    boxes = Markup(html).all("input", type="checkbox", name="m")
    assert {(box["value"], "checked" in box) for box in boxes} == {(CHECKLIST, True), (WORKSHEET, True)}
    assert {box["form"] for box in boxes} == {"narrow"}
    assert [button["formaction"] for button in Markup(html).all("button") if "formaction" in button] == ["/lv/materiali/zip/"]


def test_downloads_are_counted_without_anything_of_the_visitor(client: Client, site: int) -> None:
    material = MaterialPage.objects.get(slug=CHECKLIST)
    before = total_downloads(document=material.document)
    b"".join(client.get(material.document.url).streaming_content)
    client.head(material.document.url)
    client.get(material.document.url, headers={"range": "bytes=100-"})
    _zip(client, CHECKLIST).close()
    assert total_downloads(document=material.document) == before + 2
    assert DownloadCount.objects.filter(document=material.document).count() == 1, "one row a day"
    assert {field.name for field in DownloadCount._meta.get_fields()} == {"id", "document", "day", "count"}
    assert "2 reizes" in client.get(f"/lv/materiali/{CHECKLIST}/").content.decode()


def test_days_are_counted_apart(site: int) -> None:
    document = MaterialPage.objects.get(slug=WORKSHEET).document
    DownloadCount.objects.create(document=document, day=dt.date(2020, 1, 1), count=5)
    count_download(document=document)
    count_download(document=document)
    assert sorted(DownloadCount.objects.filter(document=document).values_list("count", flat=True)) == [2, 5]
    assert total_downloads(document=document) == 7


def test_a_pdf_shows_its_first_page(client: Client, site: int) -> None:
    document = MaterialPage.objects.get(slug=CHECKLIST).document
    assert document.preview is not None
    with Image.open(document.preview.file) as picture:
        assert picture.width == 660
        assert len({picture.convert("L").getpixel((x, y)) for x in range(0, 660, 5) for y in range(0, 900, 5)}) > 20, "not blank"
    html = client.get(f"/lv/materiali/{CHECKLIST}/").content.decode()
    assert [image["alt"] for image in Markup(html).all("img") if "preview" in image["src"]] == ["Faila pirmā lapa"]
    assert MaterialPage.objects.get(slug=WORKSHEET).document.preview is None


def test_a_replaced_file_gets_a_new_preview_and_a_broken_one_none(site: int) -> None:
    document = MaterialPage.objects.get(slug=CHECKLIST).document
    first = document.preview
    assert make_preview(document=document) == first, "made once"
    document.file = ContentFile(b"%PDF-1.7 this is no document", name="broken.pdf")
    document.file_hash = ""
    document._set_document_file_metadata()
    document.save()
    assert make_preview(document=document) is None
    document.refresh_from_db()
    assert document.preview is None
    assert not SiteImage.objects.filter(pk=first.pk).exists()


def test_the_feed_tells_of_new_versions(client: Client, site: int) -> None:
    material = MaterialPage.objects.get(slug=WORKSHEET)
    old = client.get("/lv/materiali/rss/").content.decode()
    MaterialVersion.objects.create(material=material, label="2. versija", date=dt.date(2031, 5, 1), changes="Jauna tabula.")
    channel = ET.fromstring(client.get("/lv/materiali/rss/").content).find("channel")  # noqa: S314
    assert channel is not None
    newest = channel.findall("item")[0]
    assert newest.findtext("link", "").endswith(f"/lv/materiali/{WORKSHEET}/")
    assert "Jauna tabula." in newest.findtext("description", "")
    assert newest.findtext("guid") not in old, "a reader takes it for new"
    only = ET.fromstring(client.get("/lv/materiali/rss/?since=2031-01-01").content).findall("channel/item")  # noqa: S314
    assert len(only) == 1
    assert client.get("/lv/materiali/rss/?since=2031-99-99").status_code == 200


def test_an_older_version_keeps_its_file(client: Client, site: int) -> None:
    material = MaterialPage.objects.get(slug=CHECKLIST)
    older = SiteDocument.objects.create(title="Vecais", file=ContentFile(b"%PDF-1.4", name="vecais.pdf"), file_size=8)
    MaterialVersion.objects.create(material=material, label="0", date=dt.date(2025, 1, 1), changes="Melnraksts.", document=older)
    links = [link["href"] for link in Markup(client.get(f"/lv/materiali/{CHECKLIST}/").content.decode()).all("a")]
    assert older.url in links

"""What editors upload: hostile, huge and mislabelled files are refused in words; documents are private until shown."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from wagtail.models import PageViewRestriction

from backend.accounts.models import Assignment, Level, Role, User
from cms.base.blocks import BodyBlock
from cms.base.editors import grant_editors
from cms.base.loading import CMS
from cms.files.models import SiteDocument, SiteImage
from cms.home.models import HomePage, TextPage
from cms.materials.models import MaterialPage, MaterialVersion

pytestmark = pytest.mark.django_db
FILES = CMS / "materials" / "fixtures" / "files"


@pytest.fixture
def editor(site: int) -> Client:
    """A signed-in editor who reads Latvian."""
    user = User.objects.create_user("redaktore", "correct horse battery staple")
    Assignment.objects.create(user=user, role=Role.EDITOR, level=Level.STATE, valid_from="2017-03-16")
    grant_editors(root_pages=list(HomePage.objects.all()))
    client = Client()
    client.force_login(user)
    return client


def _zip(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _running_pdf() -> bytes:
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})
    writer.root_object[NameObject("/OpenAction")] = action
    writer.write(stream)
    return stream.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
PDF = (FILES / "pumpurs-kontrolsaraksts-klases-audzinatajam.pdf").read_bytes()
HOSTILE = {
    "a script called a PDF": ("plans.pdf", b"<script>alert(1)</script>"),
    "a page called a text": ("plans.txt", b"\n<!DOCTYPE html><script>alert(1)</script>"),
    "a drawing called a table": ("plans.csv", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "a program": ("plans.exe", b"MZ\x90\x00"),
    "a program called a PDF": ("plans.pdf", b"MZ\x90\x00"),
    "a drawing": ("plans.svg", b"<svg/>"),
    "an archive": ("plans.zip", _zip(**{"a.txt": b"x"})),
    "an archive called a document": ("plans.docx", _zip(**{"a.txt": b"x"})),
    "a document with macros": ("plans.docx", _zip(**WORD, **{"word/vbaProject.bin": b"x"})),
    "a document with a bomb": ("plans.docx", _zip(**WORD, **{"word/media/bomb.xml": b"\0" * 50_000_000})),
    "a table called a document": ("plans.docx", _zip(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"})),
    "a broken PDF": ("plans.pdf", b"%PDF-1.7 and nothing"),
    "a text in an old code": ("plans.csv", "vārds;skaits".encode("cp1257")),
    "a text with nulls": ("plans.txt", b"vards\0"),
    "a PDF that runs": ("plans.pdf", _running_pdf()),
}


def _errors(response: Any) -> list[str]:
    """What the form says of its fields."""
    return re.findall(r'class="error-message"[^>]*>\s*(.*?)\s*</p>', response.content.decode(), re.DOTALL)


def _upload(client: Client, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post("/admin/documents/add/", {"title": "Mēģinājums", "file": file, "language": "lv", "collection": "1"})


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_in_words(editor: Client, name: str) -> None:
    before = SiteDocument.objects.count()
    response = _upload(editor, *HOSTILE[name])
    assert response.status_code == 200
    assert _errors(response)
    assert SiteDocument.objects.count() == before


@pytest.mark.parametrize(
    ("name", "content"),
    [("labs.pdf", PDF), ("labs.docx", _zip(**WORD)), ("labs.csv", "vārds;skaits\n".encode()), ("labs.txt", "ā".encode())],
)
def test_an_honest_document_comes_in(editor: Client, name: str, content: bytes) -> None:
    assert _upload(editor, name, content).status_code == 302
    assert SiteDocument.objects.get(title="Mēģinājums").file_size == len(content)


def test_a_document_of_many_is_in_at_once(editor: Client) -> None:
    """The upload of many sends a file and a title. What lacks more is kept aside, with words as if it were in."""
    sent = {"title": "Viens no daudziem", "files[]": SimpleUploadedFile("labs.txt", "ā".encode()), "collection": "1"}
    answer = editor.post("/admin/documents/multiple/add/", sent).json()
    document = SiteDocument.objects.get(title="Viens no daudziem")
    assert (answer["success"], answer["doc_id"], document.language) == (True, document.pk, "lv")


def test_two_hundred_megabytes_are_refused_and_say_how_much_is_taken(editor: Client) -> None:
    file = SimpleUploadedFile("liels.pdf", b"%PDF-1.4\n" + bytes(200 * 2**20))
    for url, field in (("/admin/documents/add/", "25"), ("/admin/images/add/", "10")):
        file.seek(0)
        file.name = "liels.pdf" if "documents" in url else "liels.png"
        response = editor.post(url, {"title": "Liels", "file": file, "language": "lv", "collection": "1"})
        html = response.content.decode()
        assert response.status_code == 200
        assert "200" in html
        assert f"{field},0" in html or f"{field}.0" in html, "how much is taken"
    assert not SiteDocument.objects.filter(title="Liels").exists()
    assert not SiteImage.objects.filter(title="Liels").exists()


def _png(width: int, height: int) -> bytes:
    """A PNG that says it is this large; its pixels are all alike, so it is small."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes((width // 8 + 1) * min(height, 2_000)), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("milzu.png", _png(30_000, 30_000), "punkt|piksel|pixel"),
        ("ne-attels.png", b"<svg onload='alert(1)'/>", "attēl|image"),
        ("zimejums.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "formāts nav atbalstīts"),
        ("viltots.jpg", _png(8, 8), "jpg|jpeg"),
    ],
)
def test_a_giant_or_false_picture_is_refused(editor: Client, name: str, content: bytes, words: str) -> None:
    response = editor.post("/admin/images/add/", {"title": "Milzu", "file": SimpleUploadedFile(name, content), "collection": "1"})
    assert response.status_code == 200
    assert re.search(words, " ".join(_errors(response))), _errors(response)
    assert not SiteImage.objects.filter(title="Milzu").exists()


def _new_document() -> SiteDocument:
    return SiteDocument.objects.create(title="Jauns", file=ContentFile(b"%PDF-1.4 x", name="jauns.pdf"), file_size=10)


def test_a_document_is_private_until_a_page_shows_it_and_again_afterwards(editor: Client) -> None:
    document, visitor = _new_document(), Client()
    assert visitor.get(document.url).status_code == 404
    assert editor.get(document.url).status_code == 200, "who edits sees it"
    page = TextPage.objects.get(slug="par-projektu")
    page.body = BodyBlock().to_python([{"type": "download", "value": {"document": document.pk, "description": ""}}])
    revision = page.save_revision()
    assert visitor.get(document.url).status_code == 404, "a draft shows nothing"
    revision.publish()
    assert visitor.get(document.url).status_code == 200
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert visitor.get(document.url).status_code == 404
    restriction.delete()
    page.unpublish()
    assert visitor.get(document.url).status_code == 404


def test_a_link_in_a_text_and_an_older_version_show_a_document_too(editor: Client) -> None:
    linked, older, visitor = _new_document(), _new_document(), Client()
    page = TextPage.objects.get(slug="par-projektu")
    text = f'<p><a linktype="document" id="{linked.pk}">datne</a></p>'
    page.body = BodyBlock().to_python([{"type": "paragraph", "value": text}])
    page.save_revision().publish()
    material = MaterialPage.objects.filter(locale__language_code="lv").first()
    assert material is not None
    material.versions.add(MaterialVersion(label="0", date=dt.date(2020, 1, 1), changes="x", document=older))
    material.save_revision().publish()
    assert [visitor.get(document.url).status_code for document in (linked, older)] == [200, 200]
    page.body = BodyBlock().to_python([{"type": "paragraph", "value": "<p>Bez saites.</p>"}])
    page.save_revision().publish()
    assert visitor.get(linked.url).status_code == 404, "taken out of the text"

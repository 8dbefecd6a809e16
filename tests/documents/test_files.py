"""Private files: taken in by what their bytes are, handed out to who may read them, every reading logged."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from backend.cases.casefiles.models import CaseFile
from backend.core.file_inspection import DOCX, EDOC, media_type_of
from backend.core.refusals import Refusal
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender, codes

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"


def pdf(change: Any = None) -> bytes:
    """One empty page; `change` is given the writer."""
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    if change is not None:
        change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def container(parts: dict[str, bytes], **options: Any) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part, **options)
    return made.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
SIGNED = {"mimetype": EDOC.encode(), "META-INF/signatures1.xml": b"<x/>"}


def _upload(office: Office, content: bytes, *, app: str = "journal", name: str = "iesniegums.pdf", **fields: str) -> Any:
    given = {"file": SimpleUploadedFile(name, content, content_type="text/html"), "institutionCode": "MAPLE"} | fields
    return Client(enforce_csrf_checks=True).post("/files/", given, headers={"authorization": f"Bearer {office.token(app)}"})


def _fetch(office: Office, app: str, public_id: str) -> Any:
    return Client().get(f"/files/{public_id}/", headers={"authorization": f"Bearer {office.token(app)}"})


def test_a_scan_comes_in_is_recorded_and_goes_out(office: Office, send: Sender, private_folder: Path) -> None:
    plan, content = office.draft(), pdf()
    learner = plan.learner.public_id
    answer = _upload(office, content, name="C:\\skola\\Ģirta iesniegums.pdf", purpose="APPLICATION", learnerId=learner)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made == {
        "id": made["id"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "type": "application/pdf",
        "size": len(content),
    }
    (stored,) = (path for path in private_folder.rglob("*") if path.is_file())
    assert "iesniegums" not in str(stored)
    given = {"learnerId": learner, "institutionCode": "MAPLE", "semesterCode": "2023/2024-1", "signedOn": "2023-09-01"}
    shown = "application { signerKind file { id name path purpose } }"
    recorded = send("journal", "recordApplication", given | {"signerKind": "PARENT", "fileId": made["id"]}, selection=shown)[
        "application"
    ]
    assert recorded["file"] == {
        "id": made["id"],
        "name": "Ģirta iesniegums.pdf",
        "path": f"/files/{made['id']}/",
        "purpose": "APPLICATION",
    }
    served = _fetch(office, "municipal-system", made["id"])
    assert (served.status_code, served.content, served["Content-Type"]) == (200, content, "application/pdf")
    assert served["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "%C4%A2irta%20iesniegums.pdf" in served["Content-Disposition"]
    with whole_state(), connection.cursor() as cursor:
        cursor.execute("select role, channel from trail.read_entry where object_type = 'file'")
        assert cursor.fetchall() == [("municipality_coordinator", "document")]


def test_a_file_of_another_purpose_or_learner_is_no_application(office: Office, send: Sender) -> None:
    plan, other = office.draft(), office.draft()
    given = {
        "learnerId": plan.learner.public_id,
        "institutionCode": "MAPLE",
        "semesterCode": "2023/2024-1",
        "signedOn": "2023-09-01",
        "signerKind": "PARENT",
    }
    for file in (office.file(plan, purpose="SIGNED_PLAN"), office.file(other)):
        assert codes(send("journal", "recordApplication", given | {"fileId": file.public_id})) == {"fileId": "INVALID"}


def test_who_may_not_upload_or_read_is_told_so(office: Office) -> None:
    assert _upload(office, PNG, app="other-school").status_code == 403
    assert codes(_upload(office, PNG, app="journal", learnerId="lrn_1").json()) == {"learner_id": "NOT_FOUND"}
    assert codes(_upload(office, PNG, purpose="NOTHING").json()) == {"purpose": "INVALID"}
    mine = _upload(office, PNG, name="a.png").json()["id"]
    assert _fetch(office, "office", mine).status_code == 200
    answers = [
        _fetch(office, "other-school", mine),
        _fetch(office, "journal", f"file_{'f' * 32}"),
        _fetch(office, "journal", "x"),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert Client().get(f"/files/{mine}/").status_code == 401
    without = {"authorization": f"Bearer {office.token('journal', without='files')}"}
    assert Client().get(f"/files/{mine}/", headers=without).status_code == 403


def test_a_person_uploads_with_the_forms_token_alone(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.desk.author)
    given = {"file": SimpleUploadedFile("a.png", PNG), "institutionCode": "MAPLE"}
    assert client.post("/files/", given).status_code == 403
    client.cookies["csrftoken"] = "a" * 32
    given["file"].seek(0)
    assert client.post("/files/", given, headers={"x-csrftoken": "a" * 32}).status_code == 201


def test_nothing_is_left_where_the_row_is_refused(office: Office, private_folder: Path) -> None:
    before = CaseFile.objects.count()
    assert _upload(office, b"<svg onload='alert(1)'/>", name="a.png").status_code == 400
    assert CaseFile.objects.count() == before
    assert not [path for path in private_folder.rglob("*") if path.is_file()]


def test_bytes_that_changed_are_not_handed_out(office: Office, private_folder: Path) -> None:
    mine = _upload(office, PNG).json()["id"]
    (stored,) = (path for path in private_folder.rglob("*") if path.is_file())
    stored.chmod(0o600)
    stored.write_bytes(PNG + b"!")
    with pytest.raises(RuntimeError):
        _fetch(office, "journal", mine)


# -- what may come in ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf(), "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (container(WORD), DOCX),
        (container(SIGNED | {"iesniegums.pdf": pdf()}), EDOC),
        (container(SIGNED | {"iesniegums.docx": container(WORD)}), EDOC),
    ],
)
def test_the_real_type_is_found_in_the_bytes(content: bytes, kind: str) -> None:
    assert media_type_of(content) == kind


def _script(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def _attachment(writer: PdfWriter) -> None:
    writer.add_attachment("a.exe", b"MZ")


def _launch(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def _locked(writer: PdfWriter) -> None:
    writer.encrypt("parole")


BOMB = container(WORD | {"word/media/a.xml": b"\0" * 30_000_000})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\0",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a",
        b"%PDF-1.7\nnothing",
        pdf(_script),
        pdf(_attachment),
        pdf(_launch),
        pdf(_locked),
        JPEG[:-2] + b"<script>",
        container({"a.txt": b"x"}),
        container(WORD | {"word/vbaProject.bin": b"x"}),
        container(WORD | {"word/embeddings/a.docx": container(WORD)}),
        container(SIGNED | {"a.edoc": container(SIGNED | {"a.pdf": pdf()})}),
        container(SIGNED | {"a.svg": b"<svg onload='alert(1)'/>"}),
        container(SIGNED | {"a.pdf": pdf(_script)}),
        container(WORD | {"../a": b"x"}),
        container(WORD | {"/etc/a": b"x"}),
        container(WORD | {"C:\\a": b"x"}),
        container(WORD | {f"word/{number}.xml": b"x" for number in range(600)}),
        BOMB,
        container(WORD)[:-40],
    ],
    ids=range(24),
)
def test_what_could_run_or_hide_stays_out(content: bytes) -> None:
    with pytest.raises(Refusal) as met:
        media_type_of(content)
    assert [problem.field for problem in met.value.problems] == ["file"]


def test_the_samples_do_what_they_say() -> None:
    """A test of refusals says nothing unless the same file without the harm is taken."""
    assert len(PdfReader(io.BytesIO(pdf(_attachment))).attachments) == 1
    assert len(BOMB) < 100_000

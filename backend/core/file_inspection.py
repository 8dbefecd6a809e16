"""What a file really is, found in its bytes, and whether it may come in (issue: real type, nested archives, SVG, PDF).

Accepted is what a proof comes as: PDF, JPEG, PNG, DOCX, XLSX, and the signed container of Latvian e-signatures (eDoc, ASiC-E);
the site's documents have a list of their own (`cms.files.forms`).
Nothing is unpacked to disk and nothing is run. What could run at the reader's is refused: PDF with scripts, launches or
attachments; office files with macros; SVG and anything else that is text.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from backend.core.refusals import Code, Message, Problem, Refusal

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EDOC = "application/vnd.etsi.asic-e+zip"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
PROOFS = frozenset({PDF, JPEG, PNG, DOCX, XLSX, EDOC})
_OFFICE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_SIGNED_OR_OPEN = {kind.encode(): kind for kind in (EDOC, ODT, ODS)}

MOST_ENTRIES = 500
MOST_UNPACKED = 60 * 1024 * 1024
MOST_RATIO = 150
"""Unpacked bytes for one packed byte; text in office files reaches some 20."""
MOST_OBJECTS = 60_000
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/RichMediaContent", "/XFA"}
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE"}

UNKNOWN = _("Only PDF, JPEG, PNG, DOCX, XLSX and eDoc are accepted. Save the document as PDF and upload that.")
_BROKEN = _("The file is damaged: it cannot be opened. Save it anew and upload that.")


def media_type_of(content: bytes, *, accept: frozenset[str] = PROOFS) -> str:
    """The real media type of a file that may come in. Raises Refusal with INVALID at `file`, naming why not."""
    kind = _media_type(content)
    if kind not in accept:
        raise _refusal(UNKNOWN)
    return kind


def _media_type(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        _inspect_pdf(content)
        return PDF
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-64:]:
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in content[-64:]:
        return PNG
    if content.startswith(b"PK\x03\x04"):
        return _inspect_container(content, depth=0)
    raise _refusal(UNKNOWN)


def _refusal(message: Message) -> Refusal:
    return Refusal(Problem(Code.INVALID, message, "file"))


# -- PDF -------------------------------------------------------------------------------------------------------------------
def _inspect_pdf(content: bytes) -> None:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise _refusal(_("The PDF is locked by a password. Save it without one and upload that."))
        if not len(reader.pages):
            raise _refusal(_BROKEN)
        active = any(_is_active(found) for found in _dictionaries(reader))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as problem:
        raise _refusal(_BROKEN) from problem
    if active:
        raise _refusal(_("The PDF holds scripts, forms that send, or attachments. Print it to a plain PDF and upload that."))


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, those inside others too, each once."""
    numbers = {(number, generation) for generation, places in reader.xref.items() for number in places}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise _refusal(_("The PDF has too many parts to look through. Print it to a plain PDF and upload that."))
    waiting: list[Any] = [reader.trailer]
    for number, generation in sorted(numbers):
        if number:
            waiting.append(reader.get_object(IndirectObject(number, generation, reader)))
    while waiting:
        here = waiting.pop()
        if isinstance(here, DictionaryObject):
            yield here
            waiting.extend(part for part in here.values() if isinstance(part, DictionaryObject | ArrayObject))
        elif isinstance(here, ArrayObject):
            waiting.extend(part for part in here if isinstance(part, DictionaryObject | ArrayObject))


def _is_active(found: DictionaryObject) -> bool:
    if _ACTIVE_KEYS & found.keys():
        return True
    return found.get("/S") in _ACTIVE_ACTIONS or found.get("/Type") == "/EmbeddedFile" or "/EF" in found


_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error)
"""What zipfile raises over an archive that it cannot read; the second for a compression that it does not know."""


# -- containers ------------------------------------------------------------------------------------------------------------
def _inspect_container(content: bytes, *, depth: int) -> str:
    """An office file or an eDoc; what lies in an eDoc is inspected as a file of its own, one level deep."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            names = {entry.filename for entry in entries}
            kind = _kind(archive, names)
            if kind == EDOC and depth:
                raise _refusal(_NESTED)
            for entry in entries:
                if not entry.is_dir():
                    _check_part(archive, entry, kind)
    except _UNREADABLE as problem:
        raise _refusal(_BROKEN) from problem
    return kind


_NESTED = _("The file holds another archive. Upload each document by itself.")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _refusal(_("The file unpacks to far too much. Save the document as PDF and upload that."))
    seen = set()
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in entry.filename or entry.filename in seen:
            raise _refusal(_BROKEN)
        if entry.flag_bits & 0x1:
            raise _refusal(_("The file is locked by a password. Save it without one and upload that."))
        if entry.file_size > MOST_RATIO * max(entry.compress_size, 100):
            raise _refusal(_("The file unpacks to far too much. Save the document as PDF and upload that."))
        seen.add(entry.filename)


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    said = archive.read("mimetype").strip() if "mimetype" in names else b""
    if said in _SIGNED_OR_OPEN:
        return _SIGNED_OR_OPEN[said]
    for part, kind in _OFFICE.items():
        if "[Content_Types].xml" in names and part in names:
            return kind
    raise _refusal(UNKNOWN)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, kind: str) -> None:
    """A part unpacks to what it says, carries no macro and is no archive, unless it is a document in a signed container."""
    with archive.open(entry) as handle:
        part = handle.read(entry.file_size + 1)
    if len(part) != entry.file_size:
        raise _refusal(_BROKEN)
    name = entry.filename.lower()
    if kind != EDOC:
        if name.endswith((".bin", ".vbs", ".exe", ".js")) and not name.endswith("printersettings1.bin"):
            raise _refusal(_("The document holds macros or programs. Save it without them, or as PDF."))
        if part.startswith(_ARCHIVES):
            raise _refusal(_NESTED)
    elif name != "mimetype" and not name.startswith("meta-inf/"):
        if part.startswith(b"PK\x03\x04"):
            _inspect_container(part, depth=1)
        else:
            media_type_of(part)

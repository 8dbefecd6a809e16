"""Text of PDF and DOCX files. Files come from outside, so each is read in a process of its own with limits.

`python -m cms.search.reading FILE` prints the text; `text_of` runs that and forgives a file that cannot be read.
"""

from __future__ import annotations

import io
import logging
import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

log = logging.getLogger(__name__)

KINDS = frozenset({"pdf", "docx"})
LARGEST_FILE = 50 * 2**20
LARGEST_UNPACKED = 200 * 2**20
MOST_PAGES = 1_000
MOST_SIGNS = 1_000_000
SECONDS = 60
_MEMORY = 2**30
_DOCX_PART = re.compile(r"word/(?:document|footnotes|endnotes|(?:header|footer)\d*)\.xml")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXTUAL = frozenset({f"{_W}t", f"{_W}tab", f"{_W}br"})


class Unreadable(Exception):
    """The file is not what it says, or too large to be read."""


def text_of(file: Path) -> str:
    """Text of a PDF or DOCX file; empty for another kind, a broken or hostile file (which is written to the log)."""
    if file.suffix.lower().lstrip(".") not in KINDS:
        return ""
    command = [sys.executable, "-m", "cms.search.reading", str(file)]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=SECONDS, check=True, cwd=Path(__file__).resolve().parents[2]
        )
    except (subprocess.SubprocessError, OSError) as problem:
        log.warning("No text from %s: %s", file.name, type(problem).__name__)
        return ""
    return done.stdout.decode("utf-8", "replace")


def read(*, name: str, content: bytes) -> str:
    """Text of a file's bytes. Raises Unreadable for a file beyond the limits, and what the libraries raise."""
    if len(content) > LARGEST_FILE:
        raise Unreadable("too large")
    text = _pdf(content) if name.lower().endswith(".pdf") else _docx(content)
    return re.sub(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_])", "", text)[:MOST_SIGNS]


def _pdf(content: bytes) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Unreadable("encrypted")
    parts: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        parts.append(page.extract_text())
        if sum(map(len, parts)) > MOST_SIGNS:
            break
    return "\n".join(parts)


def _docx(content: bytes) -> str:
    """Running text, tables, notes, headers and footers, a paragraph a line.

    Read by hand: docx2python stops at files without the namespace of relations, such as our own worksheet.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise Unreadable("unpacks to too much")
        names = [name for name in archive.namelist() if _DOCX_PART.fullmatch(name)]
        parts = [archive.read(name) for name in sorted(names, key=lambda name: (name != "word/document.xml", name))]
    return "\n".join(_paragraphs(part) for part in parts)


def _paragraphs(part: bytes) -> str:
    if b"<!DOCTYPE" in part[:4096] or b"<!ENTITY" in part:
        raise Unreadable("declares entities")
    lines: list[str] = []
    for paragraph in ElementTree.fromstring(part).iter(f"{_W}p"):  # noqa: S314 (no entities; a process with limits)
        runs = [node.text or "" if node.tag == f"{_W}t" else " " for node in paragraph.iter() if node.tag in _TEXTUAL]
        lines.append("".join(runs))
    return "\n".join(lines)


def main(path: str) -> int:
    """Print the text of a file, within one gigabyte of memory and `SECONDS` of processor time."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    logging.disable(logging.CRITICAL)
    file = Path(path)
    sys.stdout.buffer.write(read(name=file.name, content=file.read_bytes()).encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

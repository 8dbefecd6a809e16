"""Draw the first page of a PDF: `python cms/files/first_page.py < file.pdf > page.png`.

A process of its own without Django, with little memory and time: the file may come from anybody, and a PDF reader is a
large target. The caller (`cms.files.previews`) takes nothing but a picture from it.
"""

from __future__ import annotations

import io
import resource
import sys

_MEMORY = 1024 * 1024 * 1024
_SECONDS = 10
_WIDTH = 660  # pixels; three times the card's width, enough for the densest screens


def main() -> None:
    """Read the PDF, write the PNG. Fails with a non-zero state for anything that cannot be drawn."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    import pypdfium2

    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    page = document[0]
    width, height = page.get_size()
    scale = _WIDTH / width
    if not 0 < height * scale < 4 * _WIDTH:
        raise SystemExit("This page has no shape that could be shown.")
    stream = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(stream, "PNG", optimize=True)
    sys.stdout.buffer.write(stream.getvalue())


if __name__ == "__main__":
    main()

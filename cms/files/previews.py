"""Pictures of documents' first pages."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

from django.core.files.base import ContentFile

from cms.files.models import SiteDocument, SiteImage

_SECONDS = 20
_logger = logging.getLogger(__name__)


def make_preview(*, document: SiteDocument) -> SiteImage | None:
    """The picture of the document's first page, made where it is missing or the file was replaced.

    None for kinds of files that are not drawn (only PDF is), and for a PDF that cannot be.
    """
    if document.file_extension != "pdf":
        return None
    current = document.get_file_hash()
    if document.preview_hash == current:
        return document.preview
    previous = document.preview
    drawn = _drawn(document)
    image = None
    if drawn:
        image = SiteImage(title=f"{document.title}: 1", description="")
        image.file = ContentFile(drawn, name=f"preview-{document.pk}-{current[:12]}.png")
        image.save()
    SiteDocument.objects.filter(pk=document.pk).update(preview=image, preview_hash=current)
    document.preview, document.preview_hash = image, current
    if previous is not None:
        previous.delete()
    return image


def _drawn(document: SiteDocument) -> bytes | None:
    with document.open_file() as source:
        content = source.read()
    command = [sys.executable, "-I", str(Path(__file__).with_name("first_page.py"))]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        _logger.warning("The first page of document %s cannot be drawn.", document.pk)
        return None
    return done.stdout

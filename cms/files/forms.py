"""What editors upload: the file is what its name says, and nothing in it runs at the reader's."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm

from backend.core.file_inspection import DOCX, ODS, ODT, PDF, PPTX, XLSX, media_type_of
from backend.core.refusals import Refusal

KINDS = {"pdf": PDF, "docx": DOCX, "xlsx": XLSX, "pptx": PPTX, "odt": ODT, "ods": ODS}
TEXTS = frozenset({"csv", "txt"})
_MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<?php", b"#!/")


def inspect(*, name: str, content: bytes) -> None:
    """Raises ValidationError unless the bytes are a harmless file of the kind that the name ends in."""
    extension = PurePath(name).suffix.lower().lstrip(".")
    if extension in TEXTS:
        _inspect_text(content)
        return
    kind = KINDS.get(extension)
    if kind is None:
        raise ValidationError(_("Files of this kind are not taken. Use PDF, DOCX, XLSX, PPTX, ODT, ODS, CSV or TXT."))
    try:
        found = media_type_of(content, accept=frozenset(KINDS.values()))
    except Refusal as refusal:
        raise ValidationError([str(problem.message) for problem in refusal.problems]) from refusal
    if found != kind:
        raise ValidationError(_("The file is not what its name says. Save it anew in the right format."))


def _inspect_text(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValidationError(_("The text is not in UTF-8. Save it so, and upload that.")) from error
    if b"\0" in content or content.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise ValidationError(_("The file is not what its name says. Save it anew in the right format."))


class DocumentForm(BaseDocumentForm):
    """Wagtail's, with a look into the file."""

    def clean_file(self) -> Any:
        """The file, unless its bytes say otherwise."""
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            file.seek(0)
            inspect(name=file.name, content=file.read())
            file.seek(0)
        return file

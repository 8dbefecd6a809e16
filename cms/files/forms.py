"""What editors upload: the file is what its name says, and nothing in it runs at the reader's."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from backend.core.file_inspection import DOCX, ODS, ODT, PDF, PPTX, UNKNOWN, XLSX, media_type_of
from backend.core.refusals import Refusal

KINDS = {"pdf": PDF, "docx": DOCX, "xlsx": XLSX, "pptx": PPTX, "odt": ODT, "ods": ODS}
TEXTS = frozenset({"csv", "txt"})
_FALSE = _("The file is not what its name says. Save it anew in the right format.")
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
        said = [_FALSE if problem.message is UNKNOWN else problem.message for problem in refusal.problems]
        raise ValidationError(said) from refusal
    if found != kind:
        raise ValidationError(_FALSE)


def _inspect_text(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValidationError(_("The text is not in UTF-8. Save it so, and upload that.")) from error
    if b"\0" in content or content.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise ValidationError(_FALSE)


class DocumentForm(BaseDocumentForm):
    """Wagtail's, with a look into the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            # The upload of many sends a file and a title and keeps what is not complete aside, with words as if it were in.
            self.fields["language"].required = False

    def clean_language(self) -> str:
        """The language, or that of the site where none was sent."""
        return self.cleaned_data.get("language") or settings.LANGUAGE_CODE

    def clean_file(self) -> Any:
        """The file, unless its bytes say otherwise."""
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            file.seek(0)
            inspect(name=file.name, content=file.read())
            file.seek(0)
        return file

    def _post_clean(self) -> None:
        """One fault of a file is enough: the model would add that a file without bytes has no kind."""
        first = list(self.errors.get("file", []))[:1]
        super()._post_clean()
        if first:
            self._errors["file"] = self.error_class(first)


class PictureField(WagtailImageField):
    """Wagtail's, which breaks over a picture so large that the imaging library does not even open it."""

    def to_python(self, data: Any) -> Any:
        """The picture. Raises ValidationError for what is none, is too large, or has too many pixels."""
        try:
            return super().to_python(data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            message = _("This picture has too many pixels. At most %(most)s million are taken.")
            most = self.max_image_pixels // 1_000_000
            raise ValidationError(message, code="file_too_many_pixels", params={"most": most}) from error


class ImageForm(BaseImageForm):
    """Wagtail's, with our field for the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            given = self.fields["file"]
            self.fields["file"] = PictureField(label=given.label, required=given.required, widget=given.widget)

"""Blocks that hold a picture or a document, read for all of a page, or of many, at once."""

from __future__ import annotations

import copy
from typing import Any

from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.base import embedded
from cms.files.pictures import IN_TEXT, at_once


def _in_order(found: dict[int, Any], keys: list[int | None]) -> list[Any]:
    """An object of its own for each key, as Wagtail's blocks promise; None for what is gone."""
    return [copy.copy(found[key]) if key in found else None for key in keys]


class PictureChooserBlock(ImageChooserBlock):
    """A picture with the renditions that texts show."""

    def bulk_to_python(self, values: list[int | None]) -> list[Any]:
        """One statement however many there are."""
        return _in_order(at_once({key for key in values if key}, IN_TEXT), values)


class FileChooserBlock(DocumentChooserBlock):
    """A document."""

    def bulk_to_python(self, values: list[int | None]) -> list[Any]:
        """One statement, or none where the documents are known."""
        return _in_order(embedded.documents({key for key in values if key}), values)

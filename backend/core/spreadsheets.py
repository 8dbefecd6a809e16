"""Cells that a spreadsheet shows as they are: a text never begins like a formula."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@")
_SPACES = "\t\r\n \u00a0\ufeff"


def safe_cell(value: object) -> object:
    """`value` for CSV or a workbook. Numbers stay numbers; a text that would be reckoned gets an apostrophe in front.

    Full-width and leading unseen signs count as what they look like (OWASP, CSV injection). Zero bytes, which no file of this
    kind takes, are left out.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = value.replace("\x00", "")
    first = unicodedata.normalize("NFKC", text.lstrip(_SPACES)[:1])
    return f"'{text}" if first.startswith(_FORMULA) or text.startswith(("\t", "\r", "\n")) else text


def safe_row(cells: Iterable[object]) -> list[object]:
    """A row of such cells."""
    return [safe_cell(cell) for cell in cells]

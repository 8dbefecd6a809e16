"""Reading catalogues of translations, as sources (`.po`) and compiled (`.mo`)."""

from __future__ import annotations

import gettext
import subprocess
import tempfile
from pathlib import Path

Catalogue = dict[object, str]
"""Translations by context and text; forms of a plural by (text, number)."""


def of_source(source: Path, *, filled: bool = False) -> Catalogue:
    """What a source says once it is compiled; with `filled` a text stands for its own missing translation."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder) / "messages.mo"
        if filled:
            subprocess.run(["msgen", "-o", str(compiled.with_suffix(".po")), str(source)], check=True, capture_output=True)
            source = compiled.with_suffix(".po")
        subprocess.run(["msgfmt", "-o", str(compiled), str(source)], check=True, capture_output=True)
        return of_compiled(compiled)


def of_compiled(path: Path) -> Catalogue:
    """What a compiled catalogue says."""
    with path.open("rb") as handle:
        return dict(gettext.GNUTranslations(handle)._catalog)  # type: ignore[attr-defined]

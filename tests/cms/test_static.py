"""Static files keep their promises: letters in the fonts, a light style sheet, nothing from elsewhere."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

STATIC = Path(__file__).resolve().parents[2] / "site_templates" / "static"
STYLES = sorted((STATIC / "css").glob("*.css"))
LATVIAN = "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ"


@pytest.mark.parametrize("files", [["pumpurs-sans.woff2", "pumpurs-sans-lv.woff2"], ["pumpurs-serif.woff2"]])
def test_the_fonts_hold_every_letter(files: list[str]) -> None:
    letters: set[int] = set()
    for name in files:
        letters |= set(TTFont(STATIC / "fonts" / name).getBestCmap())
    assert {letter for letter in LATVIAN + "abcXYZ0123456789„”–—…€%№"[:-1] if ord(letter) not in letters} == set()


def test_the_style_sheets_are_light() -> None:
    assert STYLES
    assert sum(len(gzip.compress(sheet.read_bytes(), 9)) for sheet in STYLES) <= 14 * 1024


def test_nothing_is_asked_of_another_host() -> None:
    css = "".join(sheet.read_text() for sheet in STYLES)
    assert re.findall(r"url\(\"?(?:https?:)?//", css) == []
    script = (STATIC / "js" / "site.js").read_text()
    assert set(re.findall(r"https?://[\w.-]+", script)) == {"https://www.youtube-nocookie.com"}


def test_the_flag_has_twelve_stars() -> None:
    flag = (STATIC.parent / "components" / "eu_flag.svg").read_text()
    assert flag.count("<polygon") == 12
    assert 'fill="#039"' in flag
    assert 'fill="#fc0"' in flag

"""What the documentation names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"(?:^|`|\s)make ([a-z][a-z-]*)", re.MULTILINE)
MANAGE = re.compile(r"manage\.py ([a-z_]+)")
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)


def _code(sheet: Path) -> str:
    return "\n".join(CODE.findall(sheet.read_text()))


def test_there_is_a_page_for_each_reader() -> None:
    assert len(PAGES) >= 20
    for reader in ("user", "editor", "integrator", "operator", "developer", "decisions"):
        assert (ROOT / "docs" / reader / "README.md").exists(), reader


@pytest.mark.parametrize("sheet", PAGES, ids=lambda sheet: str(sheet.relative_to(ROOT)))
def test_links_lead_somewhere(sheet: Path) -> None:
    for match in LINK.finditer(CODE.sub("", sheet.read_text())):
        target = (match[1] or match[2]).split("#")[0]
        if target and not target.startswith(("http:", "https:", "mailto:")):
            assert (sheet.parent / target).exists(), f"{target} is not there"


@pytest.mark.parametrize("sheet", PAGES, ids=lambda sheet: str(sheet.relative_to(ROOT)))
def test_make_targets_exist(sheet: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE.findall(_code(sheet))) <= targets


@pytest.mark.parametrize("sheet", PAGES, ids=lambda sheet: str(sheet.relative_to(ROOT)))
def test_management_commands_exist(sheet: Path) -> None:
    assert set(MANAGE.findall(sheet.read_text())) <= set(get_commands())


def test_decisions_are_numbered_once() -> None:
    numbers = [page.name[:4] for page in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert len(numbers) == len(set(numbers))
    assert len(numbers) >= 6

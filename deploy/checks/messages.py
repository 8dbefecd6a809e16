"""Translations: `python -m deploy.checks.messages` fails on a text without Latvian; `--write` collects and compiles.

Source texts are English, so only Latvian needs a catalogue. The compiled catalogues are committed, because a machine
that only runs the platform may lack gettext; the check proves that they say what the sources say.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.checks import library_messages
from deploy.checks.catalogues import of_compiled, of_source
from deploy.local.folders import ROOT
from deploy.local.problems import StartError
from deploy.local.system import ensure_program

PACKAGES = ("backend", "cms", "graphql_schema", "site_templates")
CATALOGUES = ("site_templates/locale", "backend/locale")
"""Collected from our sources; words of the libraries are apart, nothing collects them (`library_messages`)."""
IGNORED = ("static", "__pycache__", "*.graphql")


def main(arguments: list[str]) -> int:
    """Collect into the tree with `--write`, else compare with a copy. Returns the exit code."""
    try:
        ensure_program("msgfmt", package="gettext", purpose="Translations need gettext")
    except StartError as problem:
        print(problem, file=sys.stderr)
        return 1
    if "--write" in arguments:
        _collect(ROOT)
        _compile(ROOT)
        return 0
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for package in PACKAGES:
            shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns(*IGNORED))
        shutil.copy(ROOT / "manage.py", copy)
        _collect(copy)
        problems = [problem for catalogue in CATALOGUES for problem in _compare(copy / catalogue, ROOT / catalogue)]
    problems += _compare(ROOT / library_messages.CATALOGUE, ROOT / library_messages.CATALOGUE)
    problems += library_messages.problems()
    for each in problems:
        print(each)
    return 1 if problems else 0


def _collect(tree: Path) -> None:
    for catalogue in CATALOGUES:
        (tree / catalogue / "lv" / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    ignored = [part for name in (".venv", "var", "node_modules", "tests", "static") for part in ("--ignore", name)]
    _run(tree, "makemessages", "-l", "lv", "--no-obsolete", "--no-wrap", "--add-location", "file", *ignored)


def _compile(tree: Path) -> None:
    for po in _sources(tree):
        subprocess.run(["msgfmt", "--check", "-o", str(po.with_suffix(".mo")), str(po)], check=True)


def _sources(tree: Path) -> list[Path]:
    return [
        po
        for catalogue in (*CATALOGUES, library_messages.CATALOGUE)
        for po in sorted((tree / catalogue).glob("lv/LC_MESSAGES/*.po"))
    ]


def _compare(collected: Path, committed: Path) -> list[str]:
    """What is missing: translations, then a compiled catalogue that says the same as its source."""
    problems = []
    for po in sorted(collected.glob("lv/LC_MESSAGES/*.po")):
        name = f"{committed.relative_to(ROOT)}/lv/LC_MESSAGES/{po.name}"
        for kind, option in (("no translation", "--untranslated"), ("a translation to be reviewed", "--only-fuzzy")):
            found = _messages(
                subprocess.run(["msgattrib", "--no-wrap", option, str(po)], check=True, capture_output=True, text=True).stdout
            )
            problems += [f"{name}: {kind} for {text}" for text in found]
        source = committed / "lv" / "LC_MESSAGES" / po.name
        if source.exists() and not _compiled_says_the_same(source):
            problems.append(f"{name}: the compiled catalogue is out of date; run `make messages`.")
    return problems


def _messages(listing: str) -> list[str]:
    return [line.removeprefix("msgid ") for line in listing.splitlines() if line.startswith("msgid ") and line != 'msgid ""']


def _compiled_says_the_same(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and of_source(source) == of_compiled(compiled)


def _run(tree: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(tree), "VAR_ROOT": str(ROOT / "var" / "test")}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

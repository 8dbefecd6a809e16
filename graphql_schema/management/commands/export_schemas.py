"""Write both schemas as text, compare them with what is committed, and hold them to what was released."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from graphql import build_schema, find_breaking_changes

RELEASED = Path("docs") / "api" / "released"
"""The schemas as the last release had them. A folder, not a revision: a shallow clone has no other to compare with."""


def schemas() -> dict[str, Callable[[], str]]:
    """File name -> what makes its text."""
    from graphql_schema.cases.schema import case_schema
    from graphql_schema.content.schema import content_schema

    return {"cases.graphql": lambda: case_schema().sdl(), "content.graphql": lambda: content_schema().sdl()}


class Command(BaseCommand):
    help = (
        "Write graphql_schema/*.graphql; with --check, fail when a file is not what runs, or when the change breaks clients, "
        "of the committed schema or of the released one; with --release, take what runs as released."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="compare only; exit 1 on any difference")
        what.add_argument("--release", action="store_true", help="write docs/api/released/ too: what clients may rely on")
        parser.add_argument("--allow-breaking", action="store_true", help="write although the change breaks clients")

    def handle(self, *args: Any, **options: Any) -> None:
        root: Path = settings.ROOT
        for name, text in schemas().items():
            path, released, now = root / "graphql_schema" / name, root / RELEASED / name, text()
            before = _text(path)
            for what, earlier in (("committed", before), ("released", _text(released))):
                broken = breaking(before=earlier, now=now)
                if broken and (options["check"] or not options["allow_breaking"]):
                    raise CommandError(f"{name}: clients of the {what} schema would break:\n  " + "\n  ".join(broken))
            if options["check"]:
                if now != before:
                    raise CommandError(f"{name} is not what runs: run `manage.py export_schemas` and commit the file.")
                if not released.exists():
                    raise CommandError(f"{RELEASED / name} is not there: run `manage.py export_schemas --release`.")
                continue
            for target in (path, released) if options["release"] else (path,):
                self._write(target, now)

    def _write(self, path: Path, text: str) -> None:
        if _text(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {path.relative_to(settings.ROOT)}")


def breaking(*, before: str, now: str) -> list[str]:
    """Descriptions of the changes between two schemas that would break a client."""
    if not before.strip() or before == now:
        return []
    return [change.description for change in find_breaking_changes(build_schema(before), build_schema(now))]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""

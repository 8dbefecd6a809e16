"""Write both schemas as text, or compare them with what is committed."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from graphql import build_schema, find_breaking_changes


def schemas() -> dict[str, Callable[[], str]]:
    """File name -> what makes its text."""
    from graphql_schema.cases.schema import case_schema
    from graphql_schema.content.schema import content_schema

    return {"cases.graphql": lambda: case_schema().sdl(), "content.graphql": lambda: content_schema().sdl()}


class Command(BaseCommand):
    help = "Write graphql_schema/*.graphql; with --check, fail when a file is not what runs, or when the change breaks clients."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only; exit 1 on any difference")
        parser.add_argument("--allow-breaking", action="store_true", help="write although the change breaks clients")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = settings.ROOT / "graphql_schema"
        for name, text in schemas().items():
            path, now = folder / name, text()
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            if now == before:
                continue
            broken = breaking(before=before, now=now)
            if broken and not options["allow_breaking"]:
                raise CommandError(f"{name}: this change breaks clients:\n  " + "\n  ".join(broken))
            if options["check"]:
                raise CommandError(f"{name} is not what runs: run `manage.py export_schemas` and commit the file.")
            path.write_text(now, encoding="utf-8")
            self.stdout.write(f"wrote {path.relative_to(settings.ROOT)}")


def breaking(*, before: str, now: str) -> list[str]:
    """Descriptions of the changes between two schemas that would break a client."""
    if not before.strip():
        return []
    return [change.description for change in find_breaking_changes(build_schema(before), build_schema(now))]

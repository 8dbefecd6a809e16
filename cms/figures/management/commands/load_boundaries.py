"""`manage.py load_boundaries FILE --source TEXT`: the municipalities' outlines for the map; `--forget` brings back the tiles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.figures.boundaries import BoundaryError, load_boundaries
from cms.figures.models import Boundary

LARGEST_FILE = 200 * 2**20


class Command(BaseCommand):
    help = "Load the outlines of the municipalities from a GeoJSON file; the map is drawn with them instead of tiles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a FeatureCollection in degrees (WGS 84) or metres (LKS-92)")
        parser.add_argument(
            "--source", default="", help="who made the outlines, when and under which licence; shown below the map"
        )
        parser.add_argument("--property", default="", help="property with the ATVK or ISO 3166-2 code, if it cannot be guessed")
        parser.add_argument("--forget", action="store_true", help="remove the outlines: the map is made of tiles again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forget"]:
            removed, _by_model = Boundary.objects.all().delete()
            self.stdout.write(f"{removed} outlines removed")
            return
        if not options["file"] or not options["source"].strip():
            raise CommandError("name the file, and with --source who made the outlines and under which licence")
        try:
            loaded = load_boundaries(
                collection=_read(options["file"]), source=options["source"].strip(), code_property=options["property"]
            )
        except BoundaryError as problem:
            raise CommandError(f"{options['file'].name}: {problem}") from problem
        self.stdout.write(f"{loaded.places} outlines loaded, {loaded.signs / 1024:.0f} KiB of paths")


def _read(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise BoundaryError(f"larger than {LARGEST_FILE // 2**20} MiB")
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BoundaryError(problem.strerror or "cannot be read") from problem
    except ValueError as problem:
        raise BoundaryError("not JSON") from problem

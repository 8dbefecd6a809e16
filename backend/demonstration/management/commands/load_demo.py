"""`load_demo`: the seed school and the invented schools, then the generated country, as the loader role."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from backend.config import env
from backend.core.database.roles import acting_as
from backend.core.trail.context import Channel, back_dated, noted
from backend.demonstration.loading import load
from backend.insight.statistics.rollups.keeping import rebuild
from backend.territory.models import Semester


class Command(BaseCommand):
    help = "Load the demonstration (needs `load_reference` first); loaded before, it is kept as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, help="of the country, 0 for none (default: DEMO_SCALE)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as("loader"), transaction.atomic(), back_dated(), noted(channel=Channel.COMMAND, reason="demonstration"):
                loaded = load()
                if loaded:
                    rebuild()
        except Semester.DoesNotExist as error:
            raise CommandError("The reference data are missing: run `manage.py load_reference` first.") from error
        if not loaded:
            self.stdout.write("  the demonstration stands already")
        for name, count in loaded.items():
            self.stdout.write(f"  {count:>5} {name}")
        scale = options["scale"] if options["scale"] is not None else float(env.text("DEMO_SCALE"))
        if scale:
            call_command("make_country", scale=scale, stdout=self.stdout)

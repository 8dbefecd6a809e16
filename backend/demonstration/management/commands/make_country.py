"""`make_country`: the generated country at a scale, as the loader role."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.config import env
from backend.core.database.roles import acting_as
from backend.demonstration.country import making, resetting
from backend.insight.statistics.rollups.keeping import rebuild

_WIDTH = 28


class Command(BaseCommand):
    help = "Load the demonstration country (needs `load_reference`; `load_demo` calls this)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, help="size, 1 is the real one (default: DEMO_SCALE)")
        parser.add_argument("--reset", action="store_true", help="take away a country of another scale first")

    def handle(self, *args: Any, **options: Any) -> None:
        scale = options["scale"] if options["scale"] is not None else float(env.text("DEMO_SCALE"))
        if not 0 < scale <= 10:
            raise CommandError(f"{scale} is no scale: give a number above 0 and up to 10.")
        self._began = time.monotonic()
        try:
            with acting_as("loader"):
                if options["reset"]:
                    resetting.reset()
                made = making.make(scale=scale, say=self._say)
                if made or options["reset"]:
                    rebuild()
        except (making.OtherCountryError, making.MissingReferenceError) as error:
            raise CommandError(str(error)) from error
        if not made:
            self.stdout.write(f"  the country of scale {scale:g} stands already: unchanged")

    def _say(self, room: str, rows: int, expected: int) -> None:
        """A line that grows on a terminal; elsewhere one line when the room stands."""
        seconds = time.monotonic() - self._began
        names = [each.name for each in making.ROOMS]
        done = names.index(room) + (1 if expected else 0)
        bar = "#" * round(_WIDTH * done / len(names))
        text = f"  [{bar:<{_WIDTH}}] {room:<14}{rows:>10,} rows {seconds:7.1f} s"
        if sys.stdout.isatty() and self.stdout._out is sys.stdout:
            self.stdout.write(f"\r{text}", ending="\n" if expected else "")
            self.stdout.flush()
        elif expected:
            self.stdout.write(text)

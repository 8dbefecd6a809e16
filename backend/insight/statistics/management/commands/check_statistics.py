"""`check_statistics`: hold the roll-ups of statistics against a full recount of the rows; for every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.insight.statistics.rollups.keeping import differences, fold_all, rebuild


class Command(BaseCommand):
    help = "Compare the roll-ups with a recount of all rows; fails where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="Reckon the roll-ups anew first, as after a bulk load.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            self.stdout.write(f"{rebuild()} facts reckoned anew.")
        self.stdout.write(f"{fold_all()} plans folded.")
        found = differences()
        if found:
            lines = ", ".join(f"{count} in {name}" for name, count in sorted(found.items()))
            raise CommandError(f"The roll-ups differ from the rows: {lines}. `check_statistics --rebuild` reckons them anew.")
        self.stdout.write("The roll-ups say what the rows say.")

"""`verify_trail`: prove the trail; exit code 1 on any damage."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.core.database.roles import acting_as
from backend.core.trail.verification import verify


class Command(BaseCommand):
    help = "Recompute the sealed trail, compare it with the anchors, and name what was edited, deleted, inserted or swapped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quick", action="store_true", help="Leave out the comparison of live rows with their last entry.")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as("loader"):
            report = verify(live=not options["quick"])
        for line in report.restores:
            self.stdout.write(f"Restored {line}.")
        self.stdout.write(
            f"{report.blocks} blocks with {report.entries} entries checked, {report.tombstones} of them tombstones;"
            f" {report.unanchored} blocks wait for their anchor."
        )
        since = f" since {report.tail_since:%Y-%m-%d %H:%M:%S %Z}" if report.tail_since else ""
        self.stdout.write(f"Unsealed tail: {report.tail} entries{since}.")
        for finding in report.findings:
            self.stderr.write(str(finding))
        if not report.sound:
            self.stderr.write(f"The trail is damaged: {len(report.findings)} findings.")
            sys.exit(1)
        self.stdout.write("The trail is sound.")

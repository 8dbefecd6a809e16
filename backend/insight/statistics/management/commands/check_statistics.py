"""`check_statistics`: hold the roll-ups of statistics against a full recount of the rows; every night a worker does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.insight.statistics.rollups.keeping import differences, fold_all, rebuild


class Command(BaseCommand):
    help = "Compare the roll-ups with a recount of all rows; fails where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="Reckon the roll-ups anew first, as after a bulk load.")
        parser.add_argument("--last", action="store_true", help="Only tell how the check of the last night ended.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["last"]:
            self._tell_last()
            return
        if options["rebuild"]:
            self.stdout.write(f"{rebuild()} facts reckoned anew.")
        self.stdout.write(f"{fold_all()} plans folded.")
        found = differences()
        if found:
            raise CommandError(f"The roll-ups differ from the rows: {_listed(found)}. {_AGAIN}")
        self.stdout.write("The roll-ups say what the rows say.")

    def _tell_last(self) -> None:
        from backend.insight.statistics.nightly import last_check

        last = last_check()
        if last is None:
            raise CommandError("No nightly check yet. It takes `run_periodic` and a worker.")
        at = f"{timezone.localtime(last.at):%Y-%m-%d %H:%M}"
        if last.said is None:
            if last.sound is False:
                raise CommandError(f"The check of {at} failed by a fault: see the worker's log.")
            self.stdout.write(f"The check of {at} has not ended: {last.state}.")
        elif last.sound:
            self.stdout.write(f"Checked {at}: roll-ups and sealed reports are exact ({last.said['folded']} plans folded).")
        else:
            wrong = "; ".join(part for part in (_listed(last.said["differences"]), *last.said["signatures"]) if part)
            raise CommandError(f"The check of {at} found: {wrong}. {_AGAIN}")


_AGAIN = "`check_statistics --rebuild` reckons the roll-ups anew, `verify_snapshots` tells of sealed reports."


def _listed(found: dict[str, int]) -> str:
    return ", ".join(f"{count} in {name}" for name, count in sorted(found.items()))

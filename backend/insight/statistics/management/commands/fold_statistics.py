"""`fold_statistics`: fold into the roll-ups what was written, once or every few seconds."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from backend.insight.statistics.rollups.keeping import fold_all


class Command(BaseCommand):
    help = "Fold figures of plans that were changed into the roll-ups of statistics. Reports are exact without it, and quick with it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=0, metavar="SECONDS", help="Go on until stopped (INT or TERM).")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if options["every"]:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                plans = fold_all()
            except OperationalError as problem:
                if not options["every"]:
                    raise
                connection.close()  # the server is away; the next round tries a new connection
                self.stderr.write(str(problem))
            else:
                if plans or not options["every"]:
                    self.stdout.write(f"{plans} plans folded.")
            if not options["every"]:
                return
            stop.wait(options["every"])

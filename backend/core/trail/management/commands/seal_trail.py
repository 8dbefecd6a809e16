"""`seal_trail`: close a block of the trail, once or every few seconds."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from backend.core.trail.sealing import seal_all


class Command(BaseCommand):
    help = "Close a block over the trail's unsealed entries and anchor its head."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=0, metavar="SECONDS", help="Go on until stopped (INT or TERM).")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if options["every"]:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                blocks = list(seal_all())
            except OperationalError as problem:
                if not options["every"]:
                    raise
                connection.close()  # the server is away; the next round tries a new connection
                self.stderr.write(str(problem))
            else:
                for block in blocks:
                    self.stdout.write(f"Block {block.number}: {block.entries} entries, head {block.head}.")
                if not blocks and not options["every"]:
                    self.stdout.write("Nothing to seal.")
            if not options["every"]:
                return
            stop.wait(options["every"])

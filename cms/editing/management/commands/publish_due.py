"""`manage.py publish_due`: what editors planned for a time that has come; with `--every`, again and again."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from cms.editing.services import publish_due


class Command(BaseCommand):
    help = "Publishes and takes down pages and bundles whose time has come."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=0, metavar="SECONDS", help="Go on, with a pause of so many seconds.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["every"]:
            self.stdout.write(f"{publish_due()} done.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                done = publish_due()
                if done:
                    self.stdout.write(f"{done} done.")
            except DatabaseError as error:  # the server restarts: the next turn asks anew
                self.stderr.write(f"{type(error).__name__}; trying again.")
                connection.close()
            stop.wait(options["every"])

"""`rotate_master_key`: a new master key, and every learner's key wrapped under it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.core.vault.keys import rotate_master_key


class Command(BaseCommand):
    help = "Make a new master key and wrap every learner's key under it. No text is encrypted anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drop-former",
            action="store_true",
            help="Forget the former keys at once: key store back-ups made so far become unreadable.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name, count = rotate_master_key(drop_former=options["drop_former"])
        self.stdout.write(f"Master key {name} is the current one; {count} keys wrapped under it.")

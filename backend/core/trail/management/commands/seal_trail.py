"""`seal_trail`: close a block of the trail now. While the platform runs, `run_periodic` does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from backend.core.trail.tasks import sealed_blocks


class Command(BaseCommand):
    help = "Close blocks over the trail's unsealed entries and anchor their heads."

    def handle(self, *args: Any, **options: Any) -> None:
        told = False
        for line in sealed_blocks():
            self.stdout.write(line)
            told = True
        if not told:
            self.stdout.write("Nothing to seal.")

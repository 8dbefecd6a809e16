"""`load_demo`: the seed school and the invented schools, as the loader role."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backend.core.database.roles import acting_as
from backend.core.trail.context import Channel, back_dated, noted
from backend.demonstration.loading import load
from backend.territory.models import Semester


class Command(BaseCommand):
    help = "Load the demonstration (needs `load_reference` first); loaded before, it is kept as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as("loader"), transaction.atomic(), back_dated(), noted(channel=Channel.COMMAND, reason="demonstration"):
                loaded = load()
        except Semester.DoesNotExist as error:
            raise CommandError("The reference data are missing: run `manage.py load_reference` first.") from error
        if not loaded:
            self.stdout.write("  the demonstration stands already")
        for name, count in loaded.items():
            self.stdout.write(f"  {count:>5} {name}")

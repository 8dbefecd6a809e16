"""`load_reference`: the programme, territory, calendar, lists and published figures, as the loader role."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from backend.activities.cooperation import reference as cooperation
from backend.activities.initiatives import reference as initiatives
from backend.activities.training import reference as training
from backend.core.database.roles import acting_as
from backend.insight.evaluation import reference as evaluation
from backend.insight.statistics import reference as figures
from backend.privacy import reference as privacy
from backend.registry import reference as registry
from backend.territory import reference as territory


class Command(BaseCommand):
    help = "Load the reference data of the repository; rows loaded before are brought up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as("loader"), transaction.atomic():
            loaded: dict[str, int] = {}
            for each in (territory, registry, initiatives, training, cooperation, privacy, figures, evaluation):
                loaded |= each.load()
        for name, count in loaded.items():
            self.stdout.write(f"  {count:>4} {name}")

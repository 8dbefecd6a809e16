"""`fold_statistics`: fold what was written into the roll-ups now. While the platform runs, `run_periodic` does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from backend.insight.statistics.rollups.keeping import fold_all


class Command(BaseCommand):
    help = "Fold changed plans into the roll-ups of statistics. Reports are exact without it, and quick with it."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{fold_all()} plans folded.")

"""`verify_snapshots`: hold what closings of semesters signed against its seal; exit code 1 where something was changed."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from backend.core.database.roles import acting_as
from backend.insight.statistics.signatures import signatures


class Command(BaseCommand):
    help = "Recompute the hash of every sealed report and prove it by the trail: its entry, its block, the anchor outside."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as("loader"), transaction.atomic():
            found = list(signatures())
        for each in found:
            name = f"{each.semester} number {each.number}, {each.content_hash}"
            if each.problems:
                self.stderr.write(f"{name}: {'; '.join(each.problems)}")
            elif each.stands:
                self.stdout.write(f"{name}: as signed, block {each.proof.block}, head {each.proof.head}")
            else:
                self.stdout.write(f"{name}: waits for its seal")
        broken = sum(bool(each.problems) for each in found)
        if broken:
            self.stderr.write(f"{broken} of {len(found)} sealed reports are not what was signed.")
            sys.exit(1)
        self.stdout.write(f"{len(found)} sealed reports, {sum(each.stands for each in found)} as signed.")

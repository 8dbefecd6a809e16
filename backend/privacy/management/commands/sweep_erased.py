"""`sweep_erased`: clear from the disk what erasures left behind."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from backend.privacy.residue import sweep


class Command(BaseCommand):
    help = "Rewrite the tables that erasures blank, so that no dead row version or index entry is left. Locks each in turn."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{len(sweep())} tables rewritten.")

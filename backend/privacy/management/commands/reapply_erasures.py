"""`reapply_erasures`: apply the list of erasures again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from backend.privacy.erasure import reapply_erasures


class Command(BaseCommand):
    help = "Erase again everybody on the list of erasures (after a restore, or after an erasure that was cut off)."

    def handle(self, *args: Any, **options: Any) -> None:
        done = reapply_erasures()
        touched = sum(1 for erased in done if erased.rows or erased.key_destroyed)
        self.stdout.write(f"{len(done)} learners on the list; {touched} of them stood here again and are erased.")

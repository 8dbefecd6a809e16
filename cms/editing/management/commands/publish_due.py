"""`manage.py publish_due`: what editors planned for a time that has come. While the platform runs, `run_periodic` does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cms.editing.services import publish_due


class Command(BaseCommand):
    help = "Publishes and takes down pages and bundles whose time has come."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{publish_due()} done.")

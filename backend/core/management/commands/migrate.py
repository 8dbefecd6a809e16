"""`migrate`, as the owner of the tables. Everything else that runs bare connects as `app`."""

import gc
from typing import Any

from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from backend.core.database.migrating import LibrariesFirst
from backend.core.database.roles import acting_as


class Command(migrate.Command):
    """Switch to the owner, unless the runner (tests) connects as the owner already."""

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("check_unapplied") or connection.settings_dict["USER"] != "app":
            self._migrate(*args, **options)
            return
        with acting_as("owner"):
            self._migrate(*args, **options)

    def _migrate(self, *args: Any, **options: Any) -> None:
        """Django's own command with our executor; models are made by the thousand, so collect garbage seldom."""
        thresholds = gc.get_threshold()
        gc.set_threshold(200_000, 50, 50)
        migrate.MigrationExecutor = LibrariesFirst  # type: ignore[attr-defined]  # Django offers no other way to choose it
        try:
            super().handle(*args, **options)
        finally:
            migrate.MigrationExecutor = MigrationExecutor  # type: ignore[attr-defined]
            gc.set_threshold(*thresholds)

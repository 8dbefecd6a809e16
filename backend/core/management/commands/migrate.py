"""`migrate`, as the owner of the tables. Everything else that runs bare connects as `app`."""

import gc
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from backend.core.database.roles import acting_as

OURS = ("backend", "cms", "graphql_schema")


class LibrariesFirst(MigrationExecutor):
    """Runs the long histories of libraries before our own tables exist, as far as dependencies allow.

    At each step Django rebuilds every model that is related to the changed one, and through the user model nearly all
    are. Wagtail alone changes its tables two hundred times, so it is dear to have ours standing there already.
    """

    def migration_plan(self, targets: Iterable[tuple[str, str | None]], clean_start: bool = False) -> Any:
        """The plan for the same targets, ours last."""
        return super().migration_plan(sorted(targets, key=lambda target: _is_ours(target[0])), clean_start)


def _is_ours(label: str) -> bool:
    config = apps.app_configs.get(label)
    return config is not None and config.name.split(".")[0] in OURS


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

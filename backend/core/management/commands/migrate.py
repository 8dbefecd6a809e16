"""`migrate`, as the owner of the tables. Everything else that runs bare connects as `app`."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connection

from backend.core.database.roles import acting_as


class Command(DjangoMigrate):
    """Switch to the owner, unless the runner (tests) connects as the owner already."""

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("check_unapplied") or connection.settings_dict["USER"] != "app":
            super().handle(*args, **options)
            return
        with acting_as("owner"):
            super().handle(*args, **options)

"""`backup`: dump the database and, apart from it, the key store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.privacy.backup.making import backup
from backend.privacy.backup.programs import ProgramError


class Command(BaseCommand):
    help = "Dump the database and the key store, each into its own folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="DIR", help="Folder of the dump (default: BACKUP_ROOT).")
        parser.add_argument("--keys-to", type=Path, metavar="DIR", help="Folder of the key dump (default: KEY_BACKUP_ROOT).")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = backup(to=options["to"], keys_to=options["keys_to"])
        except ProgramError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{made.dump}: {made.tables} tables, {made.rows} rows; manifest {made.manifest.name}.")
        self.stdout.write(f"{made.keys}: the key store. Keep it apart from the dump and no longer than needed.")

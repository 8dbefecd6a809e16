"""`restore FILE`: put a dump in place of the database, or beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.privacy.backup.programs import ProgramError
from backend.privacy.backup.restoring import RestoreError, restore, restore_keys


class Command(BaseCommand):
    help = "Restore a dump made by `backup`; erasures are applied again before it serves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="A .dump of the database, or with --keys a .keys of the key store.")
        parser.add_argument("--into", default="", metavar="NAME", help="Restore into a new database and replace nothing.")
        parser.add_argument("--keys", action="store_true", help="The file is a dump of the key store.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["keys"]:
                self.stdout.write(f"The key store is restored: {restore_keys(file=options['file'])} keys stand.")
                return
            done = restore(file=options["file"], into=options["into"])
        except (RestoreError, ProgramError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{done.tables} tables with {done.rows} rows are restored into {done.database}, counts agree.")
        self.stdout.write(f"{done.erased_again} learners were erased again.")
        if done.former:
            self.stdout.write(f"The former state stands as {done.former}. Run migrate, then drop it when all is well.")

"""`purge_receipts`: forget idempotency keys that are older than `RECEIPT_DAYS`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.core.database.roles import acting_as
from backend.core.idempotency import purge


class Command(BaseCommand):
    help = "Delete the receipts of commands older than RECEIPT_DAYS (90); their clientMutationId can then be used anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=settings.RECEIPT_DAYS, help="keep the receipts of so many days")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("Keep the receipts of one day at least: clients still repeat commands of today.")
        with acting_as("loader"):  # the serving role sees the receipts of its caller alone
            deleted = purge(days=options["days"])
        self.stdout.write(f"{deleted} receipts deleted.")

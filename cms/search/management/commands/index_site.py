"""`manage.py index_site`: bring the site's index and the editors' own up to date; `--all` makes every entry anew."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from cms.search.indexing import index_site


class Command(BaseCommand):
    help = "Bring the search index up to date with the public pages; what has not changed is left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="make every entry anew, for a new dictionary for instance")

    def handle(self, *args: Any, **options: Any) -> None:
        def told(done: int, pages: int) -> None:
            if options["verbosity"] > 1:
                self.stdout.write(f"{done} of {pages} pages")

        call_command("update_index", verbosity=0)  # Wagtail's, for the search inside the editor
        outcome = index_site(anew=options["all"], told=told)
        self.stdout.write(f"{outcome.written} entries written, {outcome.kept} unchanged, {outcome.removed} removed")

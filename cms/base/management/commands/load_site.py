"""`manage.py load_site`: the site's first content."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cms.base.loading import load_site


class Command(BaseCommand):
    """Loads what is missing; a second run writes nothing and leaves the editors' changes alone."""

    help = "Load the site's pages, files and editors' group. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--refresh", action="store_true", help="Write the texts of the files again over what stands.")

    def handle(self, *args: Any, **options: Any) -> None:
        written = load_site(refresh=options["refresh"])
        self.stdout.write(f"Site: {written} pages written." if written else "Site: complete, nothing to write.")

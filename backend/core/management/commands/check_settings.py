"""List every environment variable of the platform with its value, and fail on one that means nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print name, value, default and purpose of each; raise CommandError that lists what cannot be used."""
        environment: Any = getattr(settings, "ENVIRONMENT")  # noqa: B009 (mypy's plugin cannot tell a module's type)
        for name, value, default, purpose in environment.report():
            self.stdout.write(f"{name.ljust(20)} {value or '(empty)'}")
            note = f"Default: {default}." if default and default != value else ""
            self.stdout.write(f"{' ' * 20} {purpose} {note}".rstrip())
        problems = environment.problems()
        if problems:
            raise CommandError("\n".join(problems))

"""`reproduce FIGURE --as USERNAME`: the same number from raw rows, with the steps and the SQL between."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import User
from backend.accounts.scope import scope_of
from backend.core.refusals import Refusal
from backend.insight.evaluation.reproducing import UnknownFigureError, names, reproduce


class Command(BaseCommand):
    help = "Print a figure, the steps and SQL that make it, and the same number reckoned again from raw rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("figure", nargs="?", help="As in report:2022/2023-2:RTRIT:plans; without one, the names are listed.")
        parser.add_argument("--as", dest="username", required=True, help="User name of who asks; their scope holds.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError("There is no such user.")
        scope = scope_of(user=user)
        if options["figure"] is None:
            for name in names(scope=scope):
                self.stdout.write(name)
            return
        try:
            notebook = reproduce(scope=scope, name=options["figure"])
        except (UnknownFigureError, Refusal) as unknown:
            raise CommandError(f"There is no such figure within reach: {options['figure']}") from unknown
        self.stdout.write(f"{notebook.name}\n")
        for place, step in enumerate(notebook.steps, start=1):
            self.stdout.write(f"{place}. {step}\n")
        self.stdout.write(f"As told:  {notebook.told}\nAgain:    {notebook.again}")
        if not notebook.same:
            raise CommandError("They are not the same: rows have changed since it was told, or one of both is wrong.")

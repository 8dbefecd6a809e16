"""`publish_release`: protect the declared tables, audit them, and freeze them as a release (docs/operator/open-data.md)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import User
from backend.accounts.scope import Scope, scope_of, scoped
from backend.core.refusals import Refusal
from backend.insight.statistics.installation import installation
from backend.insight.statistics.models import Release, ReleaseAudience
from backend.insight.statistics.releases.publishing import publish_release


class Command(BaseCommand):
    help = "Publish a release of open data: tables protected against disclosure, together with all earlier releases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--audience", default="PUBLIC", choices=ReleaseAudience.values)
        parser.add_argument("--as", dest="username", help="User name of who publishes (default: the installation itself).")
        parser.add_argument("--table", action="append", default=[], help="Code of a declared table; repeat it (default: all).")
        parser.add_argument("--name", default="", help="Name in Latvian.")
        parser.add_argument("--name-en", default="", help="Name in English.")
        parser.add_argument("--changes", default="", help="What differs from the release before, in Latvian (change log).")
        parser.add_argument("--changes-en", default="", help="The same in English.")
        parser.add_argument("--division-on", type=dt.date.fromisoformat, help="Territorial division of a day (default: today's).")
        parser.add_argument("--first", action="store_true", help="Only if the audience has no release yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        audience = options["audience"]
        if options["first"] and Release.objects.filter(audience=audience, released_at__isnull=False).exists():
            self.stdout.write("  a release stands already: unchanged")
            return
        scope = self._scope(options["username"])
        try:
            with scoped(scope):
                release = publish_release(
                    scope=scope,
                    audience=audience,
                    tables=options["table"],
                    name_lv=options["name"],
                    name_en=options["name_en"],
                    changes_lv=options["changes"],
                    changes_en=options["changes_en"],
                    division_on=options["division_on"],
                )
        except Refusal as refusal:
            raise CommandError(" ".join(str(problem.message) for problem in refusal.problems)) from refusal
        found = release.protection["audit"]
        self.stdout.write(
            f"  {release.code}: {release.tables.count()} tables, {found['cells']} cells, {found['sensitive']} sensitive and"
            f" {found['complementary']} more suppressed, audited in {found['seconds']} s; {release.content_hash}"
        )

    def _scope(self, username: str | None) -> Scope:
        if username is None:
            return installation()
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError("There is no such user.")
        return scope_of(user=user)

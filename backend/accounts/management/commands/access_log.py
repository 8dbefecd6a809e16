"""`access_log LEARNER --as USERNAME`: who read a learner's record."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import Role, User
from backend.accounts.scope import scope_of
from backend.accounts.selectors import access_log
from backend.core.identifiers import key_of


class Command(BaseCommand):
    help = "Print who read a learner's record, the last first: for the data protection officer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("learner", help="Public id of the learner (lrn_...).")
        parser.add_argument("--as", dest="username", required=True, help="User name of the data protection officer who asks.")

    def handle(self, *args: Any, **options: Any) -> None:
        learner_id = key_of(options["learner"], tag="lrn")
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if learner_id is None or user is None:
            raise CommandError("There is no such learner or no such user.")
        scope = scope_of(user=user)
        if Role.DATA_PROTECTION_OFFICER not in scope.roles:
            raise CommandError("Only a data protection officer asks.")
        entries = access_log(scope=scope, learner_id=learner_id)
        names = dict(User.objects.filter(pk__in={entry.principal_id for entry in entries}).values_list("pk", "username"))
        for entry in entries:
            who = names.get(entry.principal_id, str(entry.principal_id)) if entry.principal_id else "-"
            as_what = " ".join(part for part in (entry.role, entry.level, entry.unit_code) if part)
            what = f"{entry.kind} {entry.object_type} {','.join(entry.classes)}"
            self.stdout.write(
                f"{entry.at:%Y-%m-%d %H:%M:%S}  {who}  {as_what}  {what}  {entry.channel}  {entry.purpose or ''}".rstrip()
            )
        self.stdout.write(f"{len(entries)} reads.")

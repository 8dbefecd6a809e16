"""`erase_learner ID --as USERNAME --reason TEXT`: forget a learner for ever."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import User
from backend.accounts.scope import scope_of
from backend.core.identifiers import key_of
from backend.privacy.erasure import ErasureRefusedError, NoSuchLearnerError, erase_learner


class Command(BaseCommand):
    help = "Erase a learner: destroy the key, blank names, texts and salts, leave tombstones. Cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("learner", help="Public id of the learner (lrn_...).")
        parser.add_argument("--as", dest="username", required=True, help="User name of the data protection officer who decided.")
        parser.add_argument("--reason", required=True, help="Ground and file number; no name.")

    def handle(self, *args: Any, **options: Any) -> None:
        learner_id = key_of(options["learner"], tag="lrn")
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if learner_id is None or user is None:
            raise CommandError("There is no such learner or no such user.")
        try:
            erased = erase_learner(scope=scope_of(user=user), learner_id=learner_id, reason=options["reason"])
        except (ErasureRefusedError, NoSuchLearnerError) as problem:
            raise CommandError(str(problem)) from problem
        for table, count in erased.rows.items():
            if count:
                self.stdout.write(f"{table}: {count}")
        self.stdout.write("The learner is erased. Run sweep_erased to clear what is left on the disk.")

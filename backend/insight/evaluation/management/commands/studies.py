"""`studies register|run|publish|list --as USERNAME [CODE]`: the standing studies, from specification to public page."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import User
from backend.accounts.scope import Scope, scope_of, scoped
from backend.core.refusals import Refusal
from backend.insight.evaluation.models import Study, StudyResult, StudyRun
from backend.insight.evaluation.services import publish_result, register_study, request_run
from backend.insight.evaluation.specification import Specification
from backend.insight.evaluation.standing import STANDING


class Command(BaseCommand):
    help = "Register the standing studies, have them computed in the background, publish their newest results."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["register", "run", "publish", "list"])
        parser.add_argument("code", nargs="?", help="One study; without one, all of the standing ones.")
        parser.add_argument("--as", dest="username", required=True, help="User name of who does it.")
        parser.add_argument("--publish", action="store_true", help="run: publish the results as soon as they are computed.")
        parser.add_argument("--first", action="store_true", help="run: register them too, and only those never asked for.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError("There is no such user.")
        scope = scope_of(user=user)
        wanted = [each for each in STANDING if options["code"] in (None, each.code)]
        if not wanted:
            raise CommandError("There is no such study.")
        for specification in wanted:
            try:
                with scoped(scope):
                    said = self._done(scope, specification, options)
            except Refusal as refusal:
                raise CommandError("; ".join(str(problem.message) for problem in refusal.problems)) from refusal
            self.stdout.write(f"{specification.code}: {said}")

    def _done(self, scope: Scope, specification: Specification, options: dict[str, Any]) -> str:
        action = options["action"]
        if action == "register" or options["first"]:
            study = register_study(scope=scope, specification=specification)
            if action == "register":
                return f"registered, specification {study.specification_hash}"
            if StudyRun.objects.filter(study=study).exists():
                return "asked for already: unchanged"
        found = Study.objects.filter(code=specification.code).first()
        if found is None:
            raise CommandError("Register the study first: studies register.")
        return self._about(action, scope, found, publish=options["publish"])

    def _about(self, action: str, scope: Scope, study: Study, *, publish: bool) -> str:
        if action == "run":
            return f"to be computed, run {request_run(scope=scope, study=study, publish=publish).public_id}"
        result = StudyResult.objects.filter(study=study).order_by("-computed_at").first()
        if action == "publish":
            if result is None:
                raise CommandError("There is no result yet: studies run.")
            return (
                f"published at /lv/{study.code}, {publish_result(scope=scope, result_id=result.pk).published_at:%Y-%m-%d %H:%M}"
            )
        run = StudyRun.objects.filter(study=study).order_by("-requested_at").first()
        return f"{run.status} {run.percent} % {run.step}".strip() if run else "not computed yet"

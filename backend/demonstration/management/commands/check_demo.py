"""`check_demo`: recount the demonstration and fail when a figure is not what the sources say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.demonstration.checking import check


class Command(BaseCommand):
    help = "Recount the seed school's figures and the demonstration's invariants."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = check()
        for finding in findings:
            mark = "ok" if finding.holds else "WRONG"
            self.stdout.write(f"  {mark:<5} {finding.name}: {finding.found}")
        wrong = [finding for finding in findings if not finding.holds]
        if wrong:
            raise CommandError("; ".join(f"{finding.name}: {finding.found} instead of {finding.expected}" for finding in wrong))

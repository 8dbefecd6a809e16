"""`check_country`: recount the country and fail when a figure or a rule does not hold."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.core.database.roles import acting_as
from backend.demonstration.country.checking import check
from backend.demonstration.country.making import ROOMS
from backend.demonstration.models import CountryRoom


class Command(BaseCommand):
    help = "Recount the demonstration country by plain SQL."

    def handle(self, *args: Any, **options: Any) -> None:
        names = {room.name for room in ROOMS}
        rooms = list(CountryRoom.objects.filter(name__in=names))
        if len(rooms) < len(names):
            raise CommandError("The country does not stand whole: run `manage.py make_country`.")
        with acting_as("loader"):
            findings = check(scale=float(rooms[0].scale))
        for finding in findings:
            mark = "ok" if finding.holds else "WRONG"
            self.stdout.write(f"  {mark:<5} {finding.name}: {finding.found:,.10g} (expected {finding.expected:,.10g})")
        wrong = [finding for finding in findings if not finding.holds]
        if wrong:
            raise CommandError("; ".join(f"{each.name}: {each.found:g} instead of {each.expected:g}" for each in wrong))
        self.stdout.write(f"  {len(findings)} findings, all hold.")

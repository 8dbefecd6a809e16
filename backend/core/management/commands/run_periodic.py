"""`run_periodic`: what the platform does again and again, until it is told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.core.periodic import declared, go_on, until_told


class Command(BaseCommand):
    help = "Do the periodic work of all apps until stopped (INT or TERM): one process beside the web server and the worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one turn of each, then end")
        parser.add_argument("--list", action="store_true", help="only tell the jobs and their pauses")
        parser.add_argument("only", nargs="*", metavar="JOB", help="these jobs alone")

    def handle(self, *args: Any, **options: Any) -> None:
        jobs = declared()
        if unknown := sorted({*options["only"]} - {job.name for job in jobs}):
            raise CommandError(f"No such job: {', '.join(unknown)}. There are {', '.join(job.name for job in jobs)}.")
        jobs = [job for job in jobs if job.name in options["only"]] if options["only"] else jobs
        if options["list"]:
            for job in jobs:
                self.stdout.write(f"{job.name:24} every {job.seconds:g} s")
        elif options["once"]:
            for job in jobs:
                for line in job.turn():
                    self.stdout.write(line)
        else:
            go_on(jobs, stop=until_told(), out=self.stdout, err=self.stderr)

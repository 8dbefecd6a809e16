"""Fill the database and the files of the demonstration: one Django process, one management command a step.

`python -m deploy.local.prepare --first 4 --total 11 STEP...` prints a progress line for each step; what the commands
print goes to the log. Each command is idempotent and loads in a transaction, so a cut-off run is simply repeated.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.progress import Progress


@dataclass(frozen=True)
class Step:
    """A management command that prepares something."""

    name: str
    title: str
    command: str
    arguments: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    knows_address: bool = False
    """Whether its result holds the server's address (and so must follow PORT)."""


RELEASED = ("plans-territory", "learners-territory", "plans-kind", "risks-period", "hours-period", "consulted-period")
"""Tables of the demonstration's first release: enough to look at, protected within seconds. `publish_release` knows more."""
STEPS = (
    Step("migrations", "Migrations", "migrate", options={"interactive": False}),
    Step("reference", "Reference data", "load_reference"),
    Step("demo", "Demonstration data", "load_demo"),
    Step(
        "release",
        "Open data",
        "publish_release",
        options={"first": True, "name": "Pirmais laidiens", "name_en": "First release", "table": list(RELEASED)},
    ),
    # Asked for here, computed by the background worker in the first minute after the start; `studies list` says how far it is.
    Step("studies", "Studies", "studies", ("run", "--first", "--publish", "--as=staff.agency.team")),
    Step("access", "People and apps", "make_demo_access", knows_address=True),
    Step("site", "Site", "load_site", knows_address=True),
    Step("static", "Static files", "collectstatic", options={"interactive": False}),
    Step("index", "Search index", "index_site"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, required=True)
    parser.add_argument("--total", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("steps", nargs="+", choices=[step.name for step in STEPS])
    options = parser.parse_args()

    from django.core.management.base import CommandError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
    progress = Progress(total=options.total, first=options.first)
    with options.log.open("w", encoding="utf-8") as log:
        try:
            _run(set(options.steps), progress, log)
        except CommandError as problem:  # a command's own words say enough
            log.write(f"{problem}\n")
            return 1
        except Exception:
            traceback.print_exc(file=log)
            return 1
    return 0


def _run(needed: set[str], progress: Progress, log: Any) -> None:
    import django
    from django.core.management import call_command

    ready = False
    for step in STEPS:
        if step.name not in needed:
            progress.skip(step.title, "unchanged since the last start")
            continue
        with progress.step(step.title):
            if not ready:  # counted as part of the first step
                django.setup()
                ready = True
            log.write(f"== {step.command}\n")
            log.flush()
            call_command(step.command, *step.arguments, stdout=log, stderr=log, **step.options)


if __name__ == "__main__":
    sys.exit(main())

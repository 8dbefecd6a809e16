"""Inside Django, once: the rows of `data.sql`, some times over (`python -m tests.bench.filling 10`)."""

from __future__ import annotations

import sys
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from backend.core.database.bulk import gather_statistics, set_aside  # noqa: E402
from backend.core.database.roles import acting_as  # noqa: E402
from backend.demonstration.country import history  # noqa: E402
from backend.insight.statistics.rollups.keeping import rebuild  # noqa: E402

ROWS = Path(__file__).with_name("data.sql").read_text()
TABLES = ("learners_learner", "learners_enrolment", "plans_supportplan", "plans_measure")
_MEMORY = (("maintenance_work_mem", "256MB"), ("work_mem", "128MB"))


def main(times: int) -> None:
    """Load them with indexes, checks between rows and history set aside, as the country is; nothing where they are already."""
    with acting_as("loader"):
        with connection.cursor() as cursor:
            cursor.execute("select exists (select from plans_measure)")
            if cursor.fetchone() == (True,):
                return
        with transaction.atomic(), connection.cursor() as cursor:
            for name, value in _MEMORY:
                cursor.execute(f"set local {name} = '{value}'")
            cursor.execute("select set_config('bench.times', %s, true)", [str(times)])
            with set_aside(TABLES):
                cursor.execute(ROWS)
                gather_statistics(TABLES)
                for table in TABLES:
                    history.write(table, as_made=True)
        rebuild()


if __name__ == "__main__":
    main(int(sys.argv[1]))

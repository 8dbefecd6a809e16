"""What an erasure leaves on the disk: dead row versions, dead index entries, sampled values in the planner's statistics.

PostgreSQL marks the old version dead and reuses its place some day. Rewriting the tables removes them at once.
"""

from __future__ import annotations

from django.db import connection

from backend.core.database.roles import acting_as
from backend.core.trail.declarations import audited_tables
from backend.core.trail.tables import READS, history_table


def sweep() -> list[str]:
    """Rewrite every table that erasures blank, with its indexes and statistics; their names.

    Each table is locked while it is rewritten (seconds, at the size of the real programme): run it in the night after an
    erasure. Needs the owner.
    """
    swept: list[str] = []
    with acting_as("owner"), connection.cursor() as cursor:
        for declared in audited_tables():
            if declared.blanks:
                swept += [f'public."{declared.table}"', history_table(declared).quoted]
        swept.append(READS.quoted)
        for table in swept:
            cursor.execute(f"vacuum (full, analyze) {table}")
        cursor.execute("vacuum (full) pg_catalog.pg_statistic")  # the planner's samples of values
    return swept

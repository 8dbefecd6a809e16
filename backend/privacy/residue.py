"""What an erasure leaves on the disk: dead row versions, dead index entries, sampled values in the planner's statistics.

PostgreSQL marks the old version dead and reuses its place some day. Rewriting the tables removes them at once.
"""

from __future__ import annotations

import re
import time
from typing import Any

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
            _rewrite(cursor, table, analyze=True)
        _rewrite(cursor, "pg_catalog.pg_statistic")  # the planner's samples of values
    return swept


PATIENCE_SECONDS = 60.0
_KEPT = re.compile(r"(\d+) dead row versions cannot be removed yet")


def _rewrite(cursor: Any, table: str, *, analyze: bool = False) -> None:
    """Rewrite a table without its dead rows, again until none was kept for somebody who could still see it.

    The server's own housekeeping looks at tables too, for seconds. Raises RuntimeError when dead rows are kept for longer.
    """
    kept: list[int] = []

    def listen(notice: Any) -> None:
        found = _KEPT.search(f"{notice.message_primary} {notice.message_detail}")
        kept.append(int(found.group(1)) if found else 0)

    deadline = time.monotonic() + PATIENCE_SECONDS
    connection.connection.add_notice_handler(listen)
    try:
        while True:
            kept.clear()
            cursor.execute(f"vacuum (full, verbose{', analyze' if analyze else ''}) {table}")
            if not any(kept):
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"Somebody still sees old rows of {table}. End long transactions and sweep again.")
            time.sleep(0.2)
    finally:
        connection.connection.remove_notice_handler(listen)

"""Whether the trail's guards stand, and whether live rows agree with their last entry."""

from __future__ import annotations

from django.db import connection

from backend.core.trail.declarations import Audited, audited_tables
from backend.core.trail.tables import history_table

TRIGGERS = ("trail_delete", "trail_insert", "trail_truncate", "trail_update")
FUNCTIONS = ("append_reads", "erase_learner", "seal")


def missing_guards() -> list[str]:
    """What does not stand: a trigger gone or not ALWAYS, a function that runs as its caller, a write right of `app`."""
    found: list[str] = []
    for table in audited_tables():
        found += [f"{table.table}: trigger {name} does not stand" for name in TRIGGERS if name not in _standing(table)]
    names = [*FUNCTIONS, *(f"record_{table.table}" for table in audited_tables())]
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'trail'"
            " and p.prosecdef and exists (select 1 from unnest(p.proconfig) c where c like 'search_path=%')"
            " and pg_get_userbyid(p.proowner) <> 'app'"
        )
        sound = {name for (name,) in cursor.fetchall()}
        found += [f"trail.{name} does not run as its owner" for name in names if name not in sound]
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = 'trail' and c.relkind = 'r'"
            " and has_table_privilege('app', c.oid, 'insert, update, delete, truncate, trigger')"
        )
        found += [f"app may write trail.{name}" for (name,) in cursor.fetchall()]
    return found


def _standing(table: Audited) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select tgname from pg_trigger where tgrelid = to_regclass(%s) and tgenabled = 'A' and tgfoid = to_regproc(%s)",
            [f'public."{table.table}"', f'trail."record_{table.table}"'],
        )
        return {name for (name,) in cursor.fetchall()}


def rows_changed_round_the_trail(*, at_most: int = 20) -> list[tuple[str, str]]:
    """Live rows that differ from their last entry, or stand without one: (table, text). `at_most` a table are named."""
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for table in audited_tables():
            key = f'"{table.key}"'
            last = ", ".join(f'h."{column}"' for column in table.columns)
            live = ", ".join(f'l."{column}"' for column in table.columns)
            cursor.execute(
                f"select coalesce(h.{key}, l.{key})::text, h.{key} is null, l.{key} is null from ("
                f"select distinct on ({key}) * from {history_table(table).quoted}"
                f" order by {key}, trail_recorded_at desc, trail_id desc) h"
                f' full join public."{table.table}" l on l.{key} = h.{key}'
                f" where (h.{key} is null) or (h.trail_op in ('D', 'T')) = (l.{key} is not null)"
                f" or (l.{key} is not null and ({last}) is distinct from ({live})) limit %s",
                [at_most],
            )
            for row, without_entry, without_row in cursor.fetchall():
                what = "has no entry" if without_entry else "is gone" if without_row else "differs from its last entry"
                found.append((table.table, f"{table.table} {row} {what}"))
    return found

"""Row-security policies from a few flat templates, and the settings they read.

Each policy reads the caller's scope from transaction-local settings, once a statement (an uncorrelated sub-select), and
admits nothing when they are unset. On a reused connection an unset setting reads as the empty string, hence `nullif`.
They are the floor: selectors add their own indexable predicate (docs/decisions/0006-row-security.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from psycopg import sql

WHOLE_STATE = "(select nullif(current_setting('app.level', true), '')) = 'STATE'"
# The inner cast is made once a statement, the outer one only says that this is an array and no list of rows: with the cast
# outside alone PostgreSQL read twenty keys again for every row (measured: half of a school list's time).
INSTITUTIONS = "((select string_to_array(current_setting('app.institutions', true), ',')::uuid[])::uuid[])"
PRINCIPAL = "(select nullif(current_setting('app.principal', true), ''))::uuid"


@dataclass(frozen=True)
class RowPolicy:
    """One table's policy: `using` says which rows `app` sees, `check` which it may write (default: the same).

    `insert_check` narrows inserts further, where a new row must meet more than a changed one.
    """

    table: str
    using: str
    check: str = ""
    insert_check: str = ""

    def apply(self, cursor: CursorWrapper) -> None:
        """Enable, force and rewrite the policies (the owner has one of its own, or it would see nothing)."""
        table = sql.Identifier(self.table)
        cursor.execute(sql.SQL("alter table {} enable row level security").format(table))
        cursor.execute(sql.SQL("alter table {} force row level security").format(table))
        cursor.execute(sql.SQL("drop policy if exists owner_all on {}").format(table))
        cursor.execute(sql.SQL("drop policy if exists app_scope on {}").format(table))
        cursor.execute(sql.SQL("drop policy if exists app_insert on {}").format(table))
        cursor.execute(sql.SQL("create policy owner_all on {} to current_user using (true) with check (true)").format(table))
        using, check = sql.SQL(self.using), sql.SQL(self.check or self.using)
        cursor.execute(sql.SQL("create policy app_scope on {} to app using ({}) with check ({})").format(table, using, check))
        if self.insert_check:
            insert = sql.SQL(self.insert_check)
            cursor.execute(
                sql.SQL("create policy app_insert on {} as restrictive for insert to app with check ({})").format(table, insert)
            )


def by_institution(table: str, *, column: str = "institution_id") -> RowPolicy:
    """Rows that carry their owner's institution: seen and written inside the caller's institutions, or by the state."""
    return RowPolicy(table, f"{WHOLE_STATE} or {column} = any {INSTITUTIONS}")

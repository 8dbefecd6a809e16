"""Row-security policies from a few flat templates, and the settings they read.

A scope opens each *room* of data (learners, plans, delivery, money) apart, for reading and for writing: the settings
`app.reads_<room>` and `app.writes_<room>` hold the institutions, or `*` for the whole state. `app.level` and
`app.institutions` are their union over the rooms read, for tables that belong to no room.

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
ON = "(select nullif(current_setting('app.on', true), ''))::date"
PRINCIPAL = "(select nullif(current_setting('app.principal', true), ''))::uuid"


ROOMS = ("learners", "plans", "delivery", "money")
"""Rooms of case data; each table with a person in it belongs to one."""


def reads(room: str, column: str) -> str:
    """Condition: the caller reads `room` in the institution that `column` names."""
    return _within(f"app.reads_{_known(room)}", column)


def writes(room: str, column: str) -> str:
    """Condition: the caller writes `room` in the institution that `column` names."""
    return _within(f"app.writes_{_known(room)}", column)


def _within(setting: str, column: str) -> str:
    value = f"current_setting('{setting}', true)"
    listed = f"(select string_to_array(nullif({value}, '*'), ',')::uuid[])::uuid[]"
    return f"((select {value}) = '*' or {column} = any ({listed}))"


def _known(room: str) -> str:
    if room not in ROOMS:
        raise ValueError(f"No room is called {room}.")
    return room


@dataclass(frozen=True)
class RowPolicy:
    """One table's policy: `using` says which rows `app` sees, `check` which it may write (default: the same).

    With `write`, reading and writing part: `using` is for reading alone, `write` decides inserts (narrowed by
    `insert_check`), updates and deletes (unless `update_using` says otherwise for both). PostgreSQL applies the update rule to
    `select ... for update` too: who may not change a row cannot lock it.
    """

    table: str
    using: str
    check: str = ""
    insert_check: str = ""
    write: str = ""
    update_using: str = ""

    def apply(self, cursor: CursorWrapper) -> None:
        """Enable, force and rewrite the policies (the owner has one of its own, or it would see nothing)."""
        table = sql.Identifier(self.table)
        cursor.execute(sql.SQL("alter table {} enable row level security").format(table))
        cursor.execute(sql.SQL("alter table {} force row level security").format(table))
        for name in ("owner_all", "app_scope", "app_insert", "app_read", "app_add", "app_change", "app_remove"):
            cursor.execute(sql.SQL("drop policy if exists {} on {}").format(sql.Identifier(name), table))
        cursor.execute(sql.SQL("create policy owner_all on {} to current_user using (true) with check (true)").format(table))
        for statement in self._statements():
            cursor.execute(sql.SQL(statement).format(table))

    def _statements(self) -> list[str]:
        if self.write:
            added = f"({self.write}) and ({self.insert_check})" if self.insert_check else self.write
            changed = self.update_using or self.write
            return [
                f"create policy app_read on {{}} for select to app using ({self.using})",
                f"create policy app_add on {{}} for insert to app with check ({added})",
                f"create policy app_change on {{}} for update to app using ({changed}) with check ({self.check or changed})",
                f"create policy app_remove on {{}} for delete to app using ({changed})",
            ]
        statements = [f"create policy app_scope on {{}} to app using ({self.using}) with check ({self.check or self.using})"]
        if self.insert_check:
            statements.append(
                f"create policy app_insert on {{}} as restrictive for insert to app with check ({self.insert_check})"
            )
        return statements


def by_institution(table: str, *, column: str = "institution_id", room: str = "") -> RowPolicy:
    """Rows that carry their owner's institution: seen and written where the caller reads and writes their room.

    Without a room: wherever the caller reads anything.
    """
    if not room:
        return RowPolicy(table, f"{WHOLE_STATE} or {column} = any {INSTITUTIONS}")
    return RowPolicy(table, using=reads(room, column), write=writes(room, column))

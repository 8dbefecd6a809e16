"""A counter that rises with every committed change of some tables, so that what was made from them can be kept, never stale.

Whoever keeps something reads the counter first and writes it into the key. A change moves the counter in the transaction
that makes it: nobody sees the new rows with the old number. The triggers wait for the end of the transaction (deferred),
so that the one row of the counter is held for a moment only and no two writers can wait for each other over it
(docs/decisions/0146-pages-kept-by-generation.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.backends.utils import CursorWrapper
from psycopg import sql

_PREFIX = "follows_"


@dataclass(frozen=True)
class Counter:
    """One counter: the table with its single row, and the tables it follows.

    `idle` names columns of a followed table whose change alone does not count; `when` a condition on `old` and `new` that
    an update has to meet.
    """

    name: str
    """Begins the names of trigger and function: letters and underscores."""
    table: str
    column: str
    followed: tuple[str, ...]
    idle: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    when: Mapping[str, str] = field(default_factory=dict)


def install(cursor: CursorWrapper, *, counter: Counter) -> None:
    """Write function and triggers anew, and drop those of tables that are not followed any more. Needs the owner."""
    if not _exists(cursor, counter.table):
        return
    function = sql.Identifier(f"{_PREFIX}{counter.name}")
    cursor.execute(
        sql.SQL(_FUNCTION).format(
            function=function,
            table=sql.Identifier(counter.table),
            column=sql.Identifier(counter.column),
            setting=sql.Literal(f"following.{counter.name}"),
        )
    )
    cursor.execute(sql.SQL("revoke all on function {}() from public").format(function))
    cursor.execute(sql.SQL("revoke insert, update, delete on {} from app").format(sql.Identifier(counter.table)))
    wanted = [table for table in counter.followed if _exists(cursor, table)]
    for table in set(followed_tables(cursor, counter=counter)) - set(wanted):
        _drop(cursor, counter, table)
    for table in wanted:
        _drop(cursor, counter, table)
        _follow(cursor, counter, table)


def followed_tables(cursor: CursorWrapper, *, counter: Counter) -> list[str]:
    """Tables that carry the counter's triggers now."""
    cursor.execute(
        "select distinct c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname like %s order by 1",
        [f"{_PREFIX}{counter.name}_%".replace("_", r"\_")],
    )
    return [name for (name,) in cursor.fetchall()]


# Once a transaction is enough, and it keeps a load of many rows from rewriting the counter for each of them.
_FUNCTION = """
create or replace function {function}() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if coalesce(current_setting({setting}, true), '') <> pg_current_xact_id()::text then
    update {table} set {column} = {column} + 1;
    perform set_config({setting}, pg_current_xact_id()::text, true);
  end if;
  return null;
end $$
"""


def _follow(cursor: CursorWrapper, counter: Counter, table: str) -> None:
    idle = counter.idle.get(table, ())
    conditions = []
    if idle:
        columns = sql.SQL("array[{}]").format(sql.SQL(", ").join(sql.Literal(name) for name in idle))
        conditions.append(sql.SQL("to_jsonb(old) - {0} is distinct from to_jsonb(new) - {0}").format(columns))
    else:
        conditions.append(sql.SQL("old.* is distinct from new.*"))
    if table in counter.when:
        conditions.append(sql.SQL(counter.when[table]))  # type: ignore[arg-type]
    for event, condition in (("insert or delete", None), ("update", sql.SQL(" and ").join(conditions))):
        cursor.execute(
            sql.SQL(
                "create constraint trigger {name} after {event} on {table} deferrable initially deferred for each row"
                " {when} execute function {function}()"
            ).format(
                name=sql.Identifier(_name(counter, event)),
                event=sql.SQL(event),  # type: ignore[arg-type]
                table=sql.Identifier(table),
                when=sql.SQL("when ({})").format(condition) if condition is not None else sql.SQL(""),
                function=sql.Identifier(f"{_PREFIX}{counter.name}"),
            )
        )


def _drop(cursor: CursorWrapper, counter: Counter, table: str) -> None:
    for event in ("insert or delete", "update"):
        cursor.execute(
            sql.SQL("drop trigger if exists {} on {}").format(sql.Identifier(_name(counter, event)), sql.Identifier(table))
        )


def _name(counter: Counter, event: str) -> str:
    return f"{_PREFIX}{counter.name}_{event.split(maxsplit=1)[0]}"


def _exists(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("select to_regclass(%s) is not null", [f"public.{table}"])
    return bool(cursor.fetchone()[0])


def tables_of(models: Iterable[type], *, but: Iterable[str] = ()) -> tuple[str, ...]:
    """Tables of those models, without some, in the order of their names."""
    left = set(but)
    return tuple(sorted({model._meta.db_table for model in models} - left))  # type: ignore[attr-defined]

"""Write the trail into the database: history tables that follow the live ones, triggers, policies, grants.

Run by the owner after every migrate, idempotently. The tables live in a schema of their own, where `app` may only read,
so no blanket grant on `public` can ever open them. Triggers run as the owner (SECURITY DEFINER with a fixed search path)
and fire always; `app` owns nothing, so it can neither forge, change nor switch them off (docs/developer/trail.md).
"""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from backend.core.database.policies import INSTITUTIONS, PRINCIPAL, WHOLE_STATE
from backend.core.database.security import declared_policies
from backend.core.trail import functions, read_functions
from backend.core.trail.declarations import Audited, audited_tables
from backend.core.trail.tables import SCHEMA, TrailTable, history_table, sealed_tables

FIXED_TABLES = f"""
create schema if not exists {SCHEMA};
create sequence if not exists {SCHEMA}.entry_id;
create table if not exists {SCHEMA}.clock (single boolean primary key default true check (single), base bigint not null);
insert into {SCHEMA}.clock (base) values (0) on conflict do nothing;
create table if not exists {SCHEMA}.layout (
    name text, column_name text, blankable boolean not null, primary key (name, column_name)
);
create table if not exists {SCHEMA}.block (
    number bigint primary key, from_xid bigint not null, to_xid bigint not null, entries integer not null,
    entry_ids bigint[] not null, leaves bytea not null, root bytea not null, previous_head bytea not null,
    head bytea not null, closed_at timestamptz not null
);
alter table {SCHEMA}.block add column if not exists from_entry bigint not null default 0,
    add column if not exists to_entry bigint not null default 0;
create table if not exists {SCHEMA}.read_entry (
    trail_id bigint not null, trail_xid bigint not null, trail_salt uuid, trail_erased bytea,
    at timestamptz not null, db_role text not null, principal uuid, client bigint,
    kind text not null, role text not null, level text not null, unit_code text not null,
    learner_id uuid not null, institution_id uuid, object_type text not null, object_id uuid,
    channel text not null, purpose text, classes text[] not null
);
create index if not exists read_entry_by_learner on {SCHEMA}.read_entry (learner_id, trail_id);
create table if not exists {SCHEMA}.erasure (
    trail_id bigint not null, trail_xid bigint not null, trail_salt uuid, trail_erased bytea,
    at timestamptz not null, db_role text not null, principal uuid, learner_id uuid not null, reason text not null
);
create index if not exists erasure_by_learner on {SCHEMA}.erasure (learner_id);
"""

META_COLUMNS = {
    "trail_id": "bigint not null",
    "trail_xid": "bigint not null",
    "trail_salt": "uuid",
    "trail_erased": "bytea",
    "trail_op": '"char" not null',
    "trail_at": "timestamptz not null",
    "trail_recorded_at": "timestamptz not null",
    "trail_db_role": "text not null",
    "trail_principal": "uuid",
    "trail_client": "bigint",
    "trail_channel": "text",
    "trail_reason": "text",
}
WIDENINGS = {("smallint", "integer"), ("smallint", "bigint"), ("integer", "bigint"), ("character varying", "text")}


class TrailLayoutError(Exception):
    """A change of an audited table that sealed history cannot follow; the message says what to do instead."""


def install(cursor: CursorWrapper) -> None:
    """Bring the trail in line with the models. Needs the owner, and tables that are migrated."""
    cursor.execute(FIXED_TABLES)
    declared = [table for table in audited_tables() if _live_columns(cursor, table.table)]
    for table in declared:
        _follow(cursor, table)
    for name in sealed_tables():
        if _exists(cursor, name):
            _hold_layout(cursor, name)
            _index(cursor, name)
    base = _clock_base(cursor)
    for table in declared:
        cursor.execute(functions.recorder(table, base=base))
        cursor.execute(functions.triggers(table))
    here = [name for name in sealed_tables() if _exists(cursor, name)]
    cursor.execute(read_functions.reader(base=base))
    cursor.execute(read_functions.note_reader(base=base))
    cursor.execute(read_functions.reads_teller())
    cursor.execute(functions.sealer(here, base=base))
    cursor.execute(functions.eraser(declared, base=base))
    for table in declared:
        _keep_what_stands(cursor, table)
    _protect(cursor, here)


def _follow(cursor: CursorWrapper, table: Audited) -> None:
    """Make the history table, or add the columns that the live one gained. Nothing is ever dropped from history."""
    live = _live_columns(cursor, table.table)
    meta = ", ".join(f"{column} {kind}" for column, kind in META_COLUMNS.items())
    target = history_table(table).quoted
    cursor.execute(f"create table if not exists {target} ({meta})")
    cursor.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped",
        [target],
    )
    kept = dict(cursor.fetchall())
    for column in table.columns:
        wanted = live[column]
        if column not in kept:
            cursor.execute(f'alter table {target} add column "{column}" {wanted}')
        elif (kept[column], wanted) in WIDENINGS:
            cursor.execute(f'alter table {target} alter column "{column}" type {wanted}')
        elif kept[column] != wanted:
            raise TrailLayoutError(
                f"{table.table}.{column} changed from {kept[column]} to {wanted}, but sealed history spells it the old way. "
                "Add a column of a new name and leave the old one to history."
            )


def _live_columns(cursor: CursorWrapper, table: str) -> dict[str, str]:
    """Column -> type without its length, empty when the table does not exist."""
    cursor.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        [f'public."{table}"'],
    )
    return dict(cursor.fetchall())


def _exists(cursor: CursorWrapper, table: TrailTable) -> bool:
    cursor.execute("select to_regclass(%s) is not null", [table.quoted])
    return bool(cursor.fetchone()[0])


def _hold_layout(cursor: CursorWrapper, table: TrailTable) -> None:
    """Remember which columns an erasure can blank: sealed commitments are built on it, so a column never changes sides."""
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped", [table.quoted]
    )
    wanted = {column: column in table.blanks for (column,) in cursor.fetchall()}
    cursor.execute(f"select column_name, blankable from {SCHEMA}.layout where name = %s", [table.name])
    held = dict(cursor.fetchall())
    moved = sorted(column for column, blankable in held.items() if wanted.get(column, blankable) != blankable)
    for column in moved:
        cursor.execute(f'select exists (select 1 from {table.quoted} where "{column}" is not null)')
        if cursor.fetchone()[0]:
            raise TrailLayoutError(
                f"{table.quoted}.{column} cannot become {'blankable' if wanted[column] else 'kept'}: entries with values in it "
                "were committed the other way. Add a column of a new name."
            )
    for column, blankable in wanted.items():
        cursor.execute(
            f"insert into {SCHEMA}.layout values (%s, %s, %s)"
            " on conflict (name, column_name) do update set blankable = excluded.blankable",
            [table.name, column, blankable],
        )


def _index(cursor: CursorWrapper, table: TrailTable) -> None:
    """Entries arrive in the order of their transactions, so a block-range index finds a window and costs a write nothing."""
    cursor.execute(
        f'create index if not exists "{table.name[:48]}_by_xid" on {table.quoted} using brin (trail_xid)'
        " with (pages_per_range = 16, autosummarize = on)"
    )
    # And in the order of their numbers: this one finds a part of a large transaction.
    cursor.execute(
        f'create index if not exists "{table.name[:48]}_by_entry" on {table.quoted} using brin (trail_id)'
        " with (pages_per_range = 16, autosummarize = on)"
    )


def _clock_base(cursor: CursorWrapper) -> int:
    """What is added to transaction ids. Raised when this server counts from lower than the last block: a restored dump."""
    cursor.execute(
        f"update {SCHEMA}.clock set base = last.to_xid + 1 from (select max(to_xid) as to_xid from {SCHEMA}.block) last"
        " where last.to_xid > base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    )
    cursor.execute(f"select base from {SCHEMA}.clock")
    return int(cursor.fetchone()[0])


def _keep_what_stands(cursor: CursorWrapper, table: Audited) -> None:
    """Rows that stood before the table was audited get one entry, B for baseline, so that history begins for them too."""
    target = history_table(table).quoted
    cursor.execute(f'select exists (select 1 from {target}), exists (select 1 from public."{table.table}")')
    has_history, has_rows = cursor.fetchone()
    if has_rows and not has_history:
        cursor.execute(f'select {SCHEMA}."baseline_{table.table}"()')


def _protect(cursor: CursorWrapper, tables: list[TrailTable]) -> None:
    """`app` reads through the live table's policy and calls a few functions; it writes nothing by itself."""
    using = {policy.table: policy.using for policy in declared_policies()}
    own = {declared.table: declared for declared in audited_tables()}
    using |= {"read_entry": f"{WHOLE_STATE} or institution_id = any {INSTITUTIONS} or principal = {PRINCIPAL}"}
    for table in tables:
        cursor.execute(f"alter table {table.quoted} enable row level security, force row level security")
        for policy in ("owner_all", "app_scope"):
            cursor.execute(f"drop policy if exists {policy} on {table.quoted}")
        cursor.execute(f"create policy owner_all on {table.quoted} to current_user using (true) with check (true)")
        condition = using.get(table.name, WHOLE_STATE)
        cursor.execute(f"create policy app_scope on {table.quoted} for select to app using ({condition})")
        if table.name in own:
            cursor.execute(
                f'create index if not exists "{table.name[:48]}_versions" on {table.quoted}'
                f' ("{own[table.name].key}", trail_recorded_at, trail_id)'
            )
            for column in own[table.name].indexed:
                cursor.execute(f'create index if not exists "{table.name[:40]}_by_{column[:18]}" on {table.quoted} ("{column}")')
    cursor.execute(f"grant usage on schema {SCHEMA} to app, loader")
    cursor.execute(f"revoke all on all tables in schema {SCHEMA} from app")
    cursor.execute(f"revoke all on all sequences in schema {SCHEMA} from app")
    cursor.execute(f"grant select on all tables in schema {SCHEMA} to app")
    cursor.execute(f"grant select, insert on all tables in schema {SCHEMA} to loader")
    cursor.execute(f"grant usage, select, update on all sequences in schema {SCHEMA} to loader")
    cursor.execute(f"revoke execute on all functions in schema {SCHEMA} from public, app, loader")
    for function in functions.FOR_APP:
        cursor.execute(f"grant execute on function {SCHEMA}.{function} to app, loader")

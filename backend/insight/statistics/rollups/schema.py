"""The roll-ups in the database: tables, the triggers that note whose figures changed, and the functions that fold and read.

Whoever writes adds a line to `rollup.touched` (append only: nobody waits for anybody) in the same transaction. A fold takes
those lines, reckons the plans' facts anew and moves the sums by the difference. Reading adds what is not folded yet, in one
statement and so of one moment. The schema is the owner's; `app` reads under row security and writes nothing there
(docs/decisions/0161-rollups-by-plan.md). Run by the owner after every migrate, idempotently.
"""

from __future__ import annotations

import hashlib

from django.db.backends.utils import CursorWrapper

from backend.insight.statistics.rollups.facts import COLUMNS, facts_query
from backend.insight.statistics.rollups.functions import FUNCTIONS
from backend.insight.statistics.rollups.sums import by_plan
from backend.insight.statistics.rollups.touching import WATCHED, triggers

SCHEMA = "rollup"
COUNTRY = "00000000-0000-0000-0000-000000000000"
"""In place of an institution: the sum over all of them."""
_TEXT = 'text collate "C" not null'

TABLES = f"""
create schema if not exists {SCHEMA};
create table if not exists {SCHEMA}.fact (
    plan_id uuid not null, institution_id uuid not null, semester_id uuid not null, learner_id uuid not null,
    programme_kind {_TEXT}, stage {_TEXT}, plan_status {_TEXT}, kind {_TEXT}, a {_TEXT}, b {_TEXT}, c {_TEXT}, d {_TEXT},
    subject uuid, value numeric not null
);
create table if not exists {SCHEMA}.cell (
    semester_id uuid, institution_id uuid, sums text collate "C", x text collate "C", y text collate "C",
    value numeric not null, plans bigint not null, facts bigint not null,
    constraint cell_pkey primary key (semester_id, institution_id, sums, x, y)
);
create table if not exists {SCHEMA}.overlap (
    semester_id uuid not null, learner_id uuid not null, sums {_TEXT}, x {_TEXT}, y {_TEXT}, institutions uuid[] not null
);
create table if not exists {SCHEMA}.touched (plan_id uuid not null, institution_id uuid not null);
create table if not exists {SCHEMA}.declared (hash text not null);
"""
INDEXES = {
    "fact_by_plan": "fact (plan_id)",
    "fact_by_kind": "fact (kind, semester_id, institution_id)",
    "fact_by_learner": "fact (learner_id) where kind = 'PLANS'",
    "cell_empty": "cell (facts) where facts = 0",
    "overlap_by_semester": "overlap (semester_id)",
    "overlap_by_learner": "overlap (learner_id)",
}
"""By name, what follows `on`; set aside while everything is reckoned anew."""

_MADE = "".join(f"create index if not exists {name} on {SCHEMA}.{on};\n" for name, on in INDEXES.items())
_ASIDE = "".join(f"drop index {SCHEMA}.{name};\n" for name in INDEXES)
_READS = "(select nullif(current_setting('app.reads_statistics', true), ''))"
_LISTED = f"(select string_to_array(nullif({_READS}, '*'), ',')::uuid[])::uuid[]"
MINE = f"({_READS} = '*' or institution_id = any ({_LISTED}))"
"""Condition: the caller's statistics reach the institution; a country's sums, the whole state alone."""
_POLICIES = {
    "fact": MINE,
    "cell": MINE,
    "touched": MINE,
    "overlap": f"({_READS} = '*' or institutions && {_LISTED})",
}


def install(cursor: CursorWrapper) -> None:
    """Bring schema, policies, functions and triggers in line with the declarations. Needs the owner."""
    cursor.execute(TABLES + _MADE)
    for table, using in _POLICIES.items():
        name = f"{SCHEMA}.{table}"
        cursor.execute(f"alter table {name} enable row level security")
        cursor.execute(f"alter table {name} force row level security")
        for policy in ("owner_all", "app_read"):
            cursor.execute(f"drop policy if exists {policy} on {name}")
        cursor.execute(f"create policy owner_all on {name} to current_user using (true) with check (true)")
        cursor.execute(f"create policy app_read on {name} for select to app using ({using})")
    cursor.execute(f"revoke all on schema {SCHEMA} from public")
    cursor.execute(f"grant usage on schema {SCHEMA} to app, loader")
    cursor.execute(f"revoke all on all tables in schema {SCHEMA} from public, app, loader")
    cursor.execute(f"grant select on all tables in schema {SCHEMA} to app, loader")
    texts = {
        "schema": SCHEMA, "country": COUNTRY, "mine": MINE, "columns": ", ".join(COLUMNS),
        "waiting": facts_query(f"p.id in (select plan_id from {SCHEMA}.touched where {MINE})"),
        "everything": facts_query("true"),
        "wanted": facts_query("p.id = any (wanted)"),
        "indexes_aside": _ASIDE, "indexes_made": _MADE,
    }  # fmt: skip
    for function in FUNCTIONS:
        cursor.execute(function(texts))
    complete = True
    for watched in WATCHED:
        cursor.execute("select to_regclass(%s) is not null", [f"public.{watched.table}"])
        if cursor.fetchone()[0]:
            for statement in triggers(watched, SCHEMA):
                cursor.execute(statement)
        else:
            complete = False
    if complete:
        _reckon_if_declared_otherwise(cursor)


def _reckon_if_declared_otherwise(cursor: CursorWrapper) -> None:
    """Reckon everything anew where what counts, or what is kept, is declared otherwise than when that was done last."""
    declared = hashlib.sha256("\n".join((facts_query("true"), by_plan("fact"))).encode()).hexdigest()
    cursor.execute(f"select hash from {SCHEMA}.declared")
    if cursor.fetchall() != [(declared,)]:
        cursor.execute(f"select {SCHEMA}.rebuild()")
        cursor.execute(f"delete from {SCHEMA}.declared")
        cursor.execute(f"insert into {SCHEMA}.declared values (%s)", [declared])

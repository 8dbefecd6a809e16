"""Bulk loading by the role `loader`: indexes, checks between rows and history are set aside and made whole again.

A row that arrives alone costs an entry in every index, a look-up for every foreign key and two searches for overlaps. Many
rows cost a fraction of it when all of that is done once at the end. `bulk.set_aside` and `bulk.make_whole` run as the owner
(SECURITY DEFINER) and only `loader` may call them. Both belong to one transaction: a commit between them is refused by the
database, so no table can ever stand without its constraints. `make_whole` also refuses rows that have no entry in the
trail: whoever sets the recording trigger aside writes the history (docs/decisions/0068-bulk-loading.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

SCHEMA = "bulk"
_DEFINER = "security definer set search_path = public, pg_temp"
_TABLE = "pg_temp.bulk_set_aside"
GUARDS = ("consultation_month_is_open", "timesheet_is_entered")
"""Triggers that refuse `app` alone (docs/decisions/0062-guards-bind-the-serving-role.md) and cost every row: they would only
gather what the loader writes and then let it pass."""
NOTING = ("figures_after_insert",)
"""Triggers that note whose figures changed, to be folded later: after a load they are all reckoned anew at once, which the caller
sees to (`insight.statistics.rollups.keeping.rebuild`)."""
SET_WISE = {
    ("ledger_entry_balances", "ledger_postings_balance"): """
        select from reimbursements_ledgerentry e left join (
            select entry_id, count(*) as lines, sum(debit) as debit, sum(credit) as credit
            from reimbursements_ledgerposting group by 1
        ) p on p.entry_id = e.id where p.lines is null or p.lines < 2 or p.debit <> p.credit""",
    ("batch_adds_up", "batch_items_add_up"): """
        select from reimbursements_paymentbatch b left join (
            select batch_id, sum(amount) as amount from reimbursements_paymentitem group by 1
        ) i on i.batch_id = b.id where b.total <> coalesce(i.amount, 0)""",
    ("timesheet_adds_up", "timesheet_lines_add_up"): """
        select from delivery_timesheet t left join (
            select timesheet_id, sum(hours) as hours from delivery_timesheetline group by 1
        ) l on l.timesheet_id = t.id where t.hours <> coalesce(l.hours, 0)""",
    ("claim_reversed_within",): """
        select from reimbursements_reimbursementclaim c join (
            select reverses_id, sum(amount) as amount from reimbursements_reimbursementclaim
            where reverses_id is not null and status <> 'REJECTED' group by 1
        ) r on r.reverses_id = c.id where c.amount + r.amount < 0""",
    ("costs_live_with_claim",): """
        select from reimbursements_claimitem i join reimbursements_reimbursementclaim c on c.id = i.claim_id left join (
            select reverses_id, sum(amount) as amount from reimbursements_reimbursementclaim
            where status in ('APPROVED', 'PAID') and reverses_id is not null group by 1
        ) r on r.reverses_id = c.id where i.is_live <> (c.status <> 'REJECTED' and c.amount + coalesce(r.amount, 0) <> 0)""",
}
"""Triggers that look for each row whether sums hold, and the rows that break the same rule, found over the whole tables.

The last two look by an index that is set aside itself: row by row they would read the whole table for each claim that was
refused or taken back. Whether a cost lives the loader writes with it."""
_ASIDE = ", ".join(f"'{name}'" for name in (*GUARDS, *NOTING, *(name for names in SET_WISE for name in names)))


def _holds(names: tuple[str, ...], broken: str) -> str:
    """PL/pgSQL: when one of the triggers was set aside, refuse what breaks their rule, in the words of the first."""
    aside = " or ".join(f"remake like '%enable trigger {name}'" for name in names)
    return f"""
    if exists (select 1 from {_TABLE} where {aside}) and exists ({broken}) then
        raise exception 'Sums do not hold: {names[0]}.' using errcode = 'check_violation', constraint = '{names[0]}';
    end if;"""


_SUMS_HOLD = "".join(_holds(names, broken) for names, broken in SET_WISE.items())

# Kept in a temporary table that the owner owns: nobody else can write what will be executed, and it goes with the session.
INSTALL = f"""
create schema if not exists {SCHEMA};
create or replace function {SCHEMA}.refuse_commit() returns trigger language plpgsql {_DEFINER} as $body$
begin
    if exists (select 1 from {_TABLE}) then
        raise exception 'Indexes and constraints are still set aside: call {SCHEMA}.make_whole() before the commit.';
    end if;
    return null;
end $body$;

drop function if exists {SCHEMA}.set_aside(text[]);
create or replace function {SCHEMA}.set_aside(tables text[], with_unique text[]) returns integer
language plpgsql {_DEFINER} as $body$
declare
    wanted text;
    part record;
    counted integer := 0;
begin
    create temporary table bulk_set_aside (
        place integer generated always as identity, table_name text not null, remake text not null
    ) on commit drop;
    create constraint trigger nothing_stays_aside after insert on {_TABLE} deferrable initially deferred
        for each row execute function {SCHEMA}.refuse_commit();
    foreach wanted in array tables loop
        if not exists (
            select 1 from pg_class where oid = to_regclass(format('public.%I', wanted)) and relkind = 'r'
            and pg_get_userbyid(relowner) = current_user
        ) then
            raise exception '% is no table of ours.', wanted;
        end if;
        for part in
            select 1 as stage, format('drop index %s', i.indexrelid::regclass) as undo, pg_get_indexdef(i.indexrelid) as remake
            from pg_index i
            where i.indrelid in (to_regclass(format('public.%I', wanted)), to_regclass(format('trail.%I', wanted)))
              and not i.indisexclusion and not i.indisprimary
              and (not i.indisunique or (wanted = any (with_unique)
                  and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)))
            union all
            select case c.contype when 'x' then 2 else 3 end,
                   format('alter table public.%I drop constraint %I', wanted, c.conname),
                   format('alter table public.%I add constraint %I %s', wanted, c.conname, pg_get_constraintdef(c.oid))
            from pg_constraint c
            where c.conrelid = to_regclass(format('public.%I', wanted)) and (c.contype in ('f', 'x') or (c.contype = 'u'
                and wanted = any (with_unique)
                and not exists (select 1 from pg_constraint f where f.contype = 'f' and f.conindid = c.conindid)))
            union all
            select 4, format('alter table public.%I disable trigger %I', wanted, t.tgname),
                   format('alter table public.%I enable %strigger %I', wanted, case t.tgenabled when 'A' then 'always ' end,
                          t.tgname)
            from pg_trigger t
            where t.tgrelid = to_regclass(format('public.%I', wanted)) and ((t.tgname = 'trail_insert' and t.tgenabled = 'A')
                or (t.tgname in ({_ASIDE}) and t.tgenabled = 'O'))
            order by 1, 2
        loop
            execute part.undo;
            insert into {_TABLE} (table_name, remake) values (wanted, part.remake);
            counted := counted + 1;
        end loop;
    end loop;
    return counted;
end $body$;

create or replace function {SCHEMA}.make_whole() returns integer language plpgsql {_DEFINER} as $body$
declare
    part record;
    counted integer := 0;
    missing boolean;
begin
    if to_regclass('{_TABLE}') is null
       or (select pg_get_userbyid(relowner) <> current_user from pg_class where oid = to_regclass('{_TABLE}')) then
        raise exception 'Nothing is set aside in this transaction.';
    end if;
    -- First: the checks of keys that follow are joins of whole tables, planned by what is known of them. What is known of
    -- their history the server gathers by itself in its time.
    for part in select distinct table_name from {_TABLE} loop
        execute format('analyze public.%I', part.table_name);
    end loop;
    for part in select table_name, remake from {_TABLE} order by place loop
        execute part.remake;
        counted := counted + 1;
    end loop;
    for part in select distinct table_name from {_TABLE} where remake like '%enable always trigger%' loop
        execute format(
            'select exists (select from public.%1$I l where not exists (select from trail.%1$I h where h.id = l.id))',
            part.table_name
        ) into missing;
        if missing then
            raise exception 'Rows of % have no entry in the trail.', part.table_name;
        end if;
    end loop;{_SUMS_HOLD}
    delete from {_TABLE};
    return counted;
end $body$;

create or replace function {SCHEMA}.gather(tables text[]) returns void language plpgsql {_DEFINER} as $body$
declare
    wanted text;
begin
    foreach wanted in array tables loop
        execute format('analyze public.%I', wanted);
    end loop;
end $body$;
revoke all on schema {SCHEMA} from public, app;
revoke all on all functions in schema {SCHEMA} from public, app;
grant usage on schema {SCHEMA} to loader;
grant execute on function {SCHEMA}.set_aside(text[], text[]) to loader;
grant execute on function {SCHEMA}.make_whole() to loader;
grant execute on function {SCHEMA}.gather(text[]) to loader;
"""


def install(cursor: CursorWrapper) -> None:
    """Write the functions. Run by the owner after every migrate (`backend.core.apps`)."""
    cursor.execute(INSTALL)


@contextmanager
def set_aside(tables: Sequence[str], *, unique: Sequence[str] = ()) -> Iterator[None]:
    """Inside, rows of `tables` come without indexes, foreign keys, exclusions and without being recorded.

    Of the tables in `unique` unique indexes are set aside too, as far as no foreign key points at them: not where something
    is written `on conflict`.

    Needs the role `loader` and a transaction; the caller writes the history of what it loads before the end. On leaving,
    everything is made and checked again: IntegrityError when the rows break a rule, DatabaseError when history is missing.
    Primary keys, check constraints and the other unique ones hold all the time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("set_aside() needs a transaction: nothing may be committed in between.")
    with connection.cursor() as cursor:
        cursor.execute(f"select {SCHEMA}.set_aside(%s::text[], %s::text[])", [list(tables), list(unique)])
        yield
        cursor.execute(f"select {SCHEMA}.make_whole()")


def gather_statistics(tables: Sequence[str]) -> None:
    """Let the planner know how many rows `tables` have by now: of tables filled a moment ago it believes them nearly empty.

    Needs the role `loader`; may stand in a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"select {SCHEMA}.gather(%s::text[])", [list(tables)])

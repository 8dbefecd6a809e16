"""SQL of the trail's functions: recording a change, a read, closing a block, erasing a learner. All run as their owner."""

from __future__ import annotations

from collections.abc import Sequence

from backend.core.trail.declarations import Audited
from backend.core.trail.tables import PINNED, READS, SCHEMA, TrailTable, history_table

DEFINER = "security definer set search_path = public, pg_temp"
FOR_APP = (
    "append_reads(text, text, text, text[], text[], text[], text[], uuid[], uuid[], text[], uuid[])",
    "append_noted(text, text, text, text[], text[], integer[], text[], text[], text[], text[], text[])",
    "reads_of(uuid)",
    "seal()",
    "erase_learner(uuid, text)",
    "learner_stands(uuid)",
)
ENOUGH = 50_000
"""A block ends with the transaction that brings it to so many entries; one of more than twice as many is divided."""
TRIGGER_EVENTS = {"insert": "new table as changed", "update": "new table as changed", "delete": "old table as changed"}

# Who may erase: docs/decisions/0033-who-erases.md. `session_user` is the role that signed in, whoever owns the function.
MAY_ERASE = """exists (
    select 1 from accounts_assignment a
    where a.user_id = nullif(current_setting('app.principal', true), '')::uuid and a.role = 'data_protection_officer'
      and a.valid_from <= current_date and (a.valid_to is null or a.valid_to >= current_date))"""


def transaction_number(base: int) -> str:
    """SQL of the running transaction's number, which only rises, also after a restore."""
    return f"{base} + pg_current_xact_id()::text::bigint"


def recorder(table: Audited, *, base: int) -> str:
    """The trigger function of one table, and the function that gives rows which stood before their first entry.

    Static column lists and one INSERT a statement: thirty rows cost one call. `trail_recorded_at` is the transaction's
    time, except where the loader asked for the row's own time.
    """
    target = history_table(table).quoted
    columns = ", ".join(f'"{column}"' for column in table.columns)
    values = ", ".join(f'r."{column}"' for column in table.columns)
    live = {field.column for field in table.model_class._meta.local_concrete_fields}
    own_time = f'coalesce(r."{table.recorded}", now())' if table.recorded in live else "now()"
    insert = (
        f"insert into {target} (trail_id, trail_xid, trail_salt, trail_op, trail_at, trail_recorded_at, trail_db_role,"
        f" trail_principal, trail_client, trail_channel, trail_reason, {columns})"
        f" select nextval('{SCHEMA}.entry_id'), v_xid, gen_random_uuid(), v_op, now(),"
        f" case when v_back_dated then {own_time} else now() end, session_user, v_principal, v_client, v_channel, v_reason,"
        f" {values} from"
    )
    unchanged = ""
    if table.exclude:  # a change of excluded columns alone is no change
        old = ", ".join(f'b."{column}"' for column in table.columns)
        unchanged = (
            f' where not exists (select 1 from before_change b where b."{table.key}" = r."{table.key}"'
            f" and ({old}) is not distinct from ({values}))"
        )
    declare = f"""
    v_op constant "char" := left(tg_op, 1);
    v_xid constant bigint := {transaction_number(base)};
    v_back_dated constant boolean := session_user = 'loader' and current_setting('trail.back_date', true) = 'on';
    v_principal constant uuid := nullif(current_setting('app.principal', true), '')::uuid;
    v_client constant bigint := nullif(current_setting('app.client', true), '')::bigint;
    v_channel constant text := nullif(current_setting('app.channel', true), '');
    v_reason constant text := nullif(current_setting('app.reason', true), '');"""
    update = f"elsif tg_op = 'UPDATE' then {insert} changed r{unchanged};" if unchanged else ""
    return f"""
create or replace function {SCHEMA}."record_{table.table}"() returns trigger language plpgsql {DEFINER} as $body$
declare{declare}
begin
    if tg_op = 'TRUNCATE' then {insert} public."{table.table}" r;
    {update}
    else {insert} changed r;
    end if;
    return null;
end $body$;
create or replace function {SCHEMA}."baseline_{table.table}"() returns void language plpgsql {DEFINER} as $body$
declare{declare.replace("left(tg_op, 1)", "'B'")}
begin
    {insert} public."{table.table}" r;
end $body$;
"""


def triggers(table: Audited) -> str:
    """Statement triggers for every way of changing the table, bulk included; ALWAYS also where replication roles are set."""
    live, function = f'public."{table.table}"', f'{SCHEMA}."record_{table.table}"()'
    seen = {**TRIGGER_EVENTS, **({"update": "old table as before_change new table as changed"} if table.exclude else {})}
    made = [
        f"create or replace trigger trail_{event} after {event} on {live}"
        f" referencing {rows} for each statement execute function {function};"
        for event, rows in seen.items()
    ]
    made.append(
        f"create or replace trigger trail_truncate before truncate on {live} for each statement execute function {function};"
    )
    always = [f"alter table {live} enable always trigger trail_{event};" for event in (*TRIGGER_EVENTS, "truncate")]
    return "\n".join([*made, *always])


def sealer(tables: Sequence[TrailTable], *, base: int, enough: int = ENOUGH) -> str:
    """Closes one block over entries of the transactions that are over, and answers it (nothing when there is none).

    A block takes whole transactions, the oldest first, until it has `enough` entries. One transaction of more than twice as
    many has blocks of its own, `enough` numbers of entries each: `to_entry` says where in `to_xid` a block ended and the next
    begins, 0 where it ended with a whole transaction. So no call and no check holds more than twice `enough` entries.

    The horizon is the oldest transaction of this database still running: nothing can appear below it any more, so a late
    commit is never skipped. A running transaction counts as ours unless it provably belongs to another database of the
    server. Takes no argument and computes all, so whoever may call it can only make the trail firmer.
    """
    window = "t.trail_xid >= low and t.trail_xid < high"
    union = _each(tables, f"select trail_id, {{leaf}} as leaf from {{table}} t where {window} and {_PIECE}")
    transactions = _each(tables, f"select trail_xid, trail_id from {{table}} t where {window}")
    piece = _each(tables, f"select trail_id from {{table}} t where t.trail_xid = low and {_PIECE}")
    settings = " ".join(f"set {name} = '{value}'" for name, value in PINNED.items())
    return f"""
create or replace function {SCHEMA}.seal() returns setof {SCHEMA}.block language plpgsql {DEFINER} {settings} as $body$
declare
    last {SCHEMA}.block;
    low bigint;
    snapshot constant pg_snapshot := pg_current_snapshot();
    high bigint;
    first_entry bigint := 0;
    entry_end bigint := 9223372036854775807;
    full_at record;
    made {SCHEMA}.block;
    level bytea[];
begin
    perform pg_advisory_xact_lock(hashtext('{SCHEMA}.seal'));
    select * into last from {SCHEMA}.block order by number desc limit 1;
    low := coalesce(last.to_xid, 0);
    made.number := coalesce(last.number, 0) + 1;
    made.from_xid := low;
    made.from_entry := coalesce(last.to_entry, 0);
    made.to_entry := 0;
    select {base} + coalesce(min(running::text::bigint), pg_snapshot_xmax(snapshot)::text::bigint) into high
    from pg_snapshot_xip(snapshot) running
    where not exists (
        select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted and l.transactionid = running::xid
          and a.datname <> current_database()
    );
    if high < low or (high = low and made.from_entry > 0) then
        raise exception 'The transaction counter lies behind the last block: this database was restored by other means '
            'than manage.py restore. Run manage.py migrate, which sets the counter right.';
    end if;
    if made.from_entry > 0 then
        -- Inside a divided transaction. Its rest is there, unless somebody took it away, which verifying tells.
        high := low + 1;
        first_entry := made.from_entry;
    else
        select s.trail_xid, s.entries, s.so_far, s.first_entry into full_at from (
            select e.trail_xid, count(*) as entries, sum(count(*)) over (order by e.trail_xid) as so_far,
                min(e.trail_id) as first_entry
            from (
            {transactions}
            ) e group by e.trail_xid
        ) s order by s.so_far < {enough}, case when s.so_far < {enough} then -s.trail_xid else s.trail_xid end limit 1;
        if full_at is null then
            return;
        end if;
        if full_at.so_far >= {enough} then
            high := full_at.trail_xid + 1;
            if full_at.entries > {2 * enough} and full_at.so_far > full_at.entries then
                high := full_at.trail_xid;
            elsif full_at.entries > {2 * enough} then
                low := full_at.trail_xid;
                first_entry := full_at.first_entry;
            end if;
        end if;
    end if;
    if first_entry > 0 then
        entry_end := first_entry + {enough};
        if exists (select from (
            {piece.replace("trail_id >= first_entry and t.trail_id < entry_end", "trail_id >= entry_end")}
        ) beyond) then
            -- Others may have drawn the numbers between: go on to the first entry that is there.
            while not exists (select from (
                {piece}
            ) e) loop
                entry_end := entry_end + {enough};
            end loop;
            made.to_entry := entry_end;
        else
            entry_end := 9223372036854775807;
        end if;
    end if;
    select array_agg(e.trail_id order by e.trail_id), array_agg(e.leaf order by e.trail_id) into made.entry_ids, level from (
        {union}
    ) e;
    made.to_xid := case when made.to_entry > 0 then low else high end;
    made.entries := coalesce(cardinality(level), 0);
    select coalesce(string_agg(u.leaf, ''::bytea order by u.place), '') into made.leaves
    from unnest(level) with ordinality u(leaf, place);
    made.entry_ids := coalesce(made.entry_ids, '{{}}');
    made.previous_head := coalesce(last.head, decode(repeat('00', 32), 'hex'));
    made.closed_at := clock_timestamp();
    while cardinality(level) > 1 loop
        level := array(
            select sha256('\\x01'::bytea || string_agg(u.node, ''::bytea order by u.place))
            from unnest(level) with ordinality u(node, place) group by (u.place - 1) / 2 order by (u.place - 1) / 2
        );
    end loop;
    made.root := coalesce(level[1], sha256(''));
    made.head := sha256(made.previous_head || made.root || int8send(made.number) || int8send(made.entries::bigint)
        || int8send(made.from_xid) || int8send(made.to_xid)
        || int8send((extract(epoch from made.closed_at) * 1000000)::bigint)
        || case when made.from_entry > 0 or made.to_entry > 0 then int8send(made.from_entry) || int8send(made.to_entry)
                else ''::bytea end);
    insert into {SCHEMA}.block select made.*;
    return next made;
end $body$;
"""


_PIECE = "t.trail_id >= first_entry and t.trail_id < entry_end"


def _each(tables: Sequence[TrailTable], select: str) -> str:
    """`select` over every table, joined; `{table}` and `{leaf}` are the table's."""
    return "\n        union all ".join(select.format(table=table.quoted, leaf=table.leaf("t")) for table in tables)


def eraser(tables: Sequence[Audited], *, base: int) -> str:
    """Blanks a learner's texts and salts in history, reads and live rows; safe to repeat. Answers rows by table.

    History first: each entry keeps the salted hash of what it loses, so its sealed commitment can still be proved.
    """
    steps = []
    for declared in tables:
        if not declared.learner:
            continue
        table = history_table(declared)
        steps.append(_forget(table))
        conditions = f"({declared.rows_of('forgotten')})"
        new = ", ".join(f'"{column}" = {value}' for column, value in {**declared.blanks, **declared.on_erase}.items())
        if new:
            differs = " or ".join(f'"{c}" is distinct from {b}' for c, b in declared.blanks.items()) or "false"
            steps.append(
                f'update public."{declared.table}" set {new} where {conditions} and ({differs});\n'
                f"    get diagnostics touched = row_count;\n"
                f"    counts := counts || jsonb_build_object('{declared.table}', touched);"
            )
    steps.append(_forget(READS))
    body = "\n    ".join(steps)
    settings = " ".join(f"set {name} = '{value}'" for name, value in PINNED.items())
    return f"""
create or replace function {SCHEMA}.learner_stands(wanted uuid) returns boolean language plpgsql stable {DEFINER} as $body$
begin
    if not {MAY_ERASE} then
        raise exception 'Only a data protection officer asks.' using errcode = 'insufficient_privilege';
    end if;
    return exists (select 1 from learners_learner l where l.id = wanted);
end $body$;
create or replace function {SCHEMA}.erase_learner(forgotten uuid, erasure_reason text) returns jsonb
language plpgsql {DEFINER} {settings} as $body$
declare
    touched bigint;
    counts jsonb := '{{}}';
begin
    if session_user not in ('loader', current_user) and not {MAY_ERASE} then
        raise exception 'Only a data protection officer erases.' using errcode = 'insufficient_privilege';
    end if;
    if not exists (select 1 from {SCHEMA}.erasure e where e.learner_id = forgotten) then
        insert into {SCHEMA}.erasure (trail_id, trail_xid, trail_salt, at, db_role, principal, learner_id, reason)
        values (nextval('{SCHEMA}.entry_id'), {transaction_number(base)}, gen_random_uuid(), now(), session_user,
            nullif(current_setting('app.principal', true), '')::uuid, forgotten, erasure_reason);
    end if;
    {body}
    return counts;
end $body$;
"""


def _forget(table: TrailTable) -> str:
    new = ", ".join(f'"{column}" = {blank}' for column, blank in table.blanks.items())
    return (
        f"update {table.quoted} as t set trail_erased = {table.blankable('t')}, trail_salt = null, {new}\n"
        f"        where t.trail_erased is null and ({table.rows_of('forgotten')});\n"
        f"    get diagnostics touched = row_count;\n"
        f"    counts := counts || jsonb_build_object('{SCHEMA}.{table.name}', touched);"
    )

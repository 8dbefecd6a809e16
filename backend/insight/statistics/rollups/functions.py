"""The functions of the schema `rollup`, as text: fold, rebuild, compare, and read what is folded with what is not yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backend.insight.statistics.rollups.sums import by_plan

Texts = Mapping[str, str]
_LOCK = 20_220_701
"""Advisory lock of whoever folds or rebuilds: one at a time. Those who write and read never take it."""
_CONFLICT = "#variable_conflict use_column"
_DEFINER = "security definer set search_path = public, pg_temp"


def _overlaps(source: str) -> str:
    """Learners of `source` who stand under one sum at two institutions or more."""
    return (
        "select semester_id, learner_id, sums, x, y, array_agg(distinct institution_id order by institution_id) as institutions"
        f" from ({by_plan(source, learners_only=True)}) s where value > 0"
        " group by semester_id, learner_id, sums, x, y having count(distinct institution_id) > 1"
    )


def _added_up(source: str, country: str) -> str:
    """Cells of the facts in `source`: of each institution, and from these of the country."""
    return (
        "with places as materialized (select semester_id, institution_id, sums, x, y, sum(value) as value,"
        f" count(*) filter (where value > 0) as plans, sum(facts) as facts from ({by_plan(source)}) s"
        " group by semester_id, institution_id, sums, x, y)"
        " select semester_id, institution_id, sums, x, y, value, plans, facts from places"
        f" union all select semester_id, '{country}'::uuid, sums, x, y, sum(value), sum(plans), sum(facts)"
        " from places group by semester_id, sums, x, y"
    )


def _at_two(schema: str, where: str = "true") -> str:
    """Two common table expressions: `theirs` are facts of learners with plans at two institutions or more in one semester."""
    return f"""twice as materialized (
        select semester_id, learner_id, array_agg(plan_id) as plans from {schema}.fact
        where kind = 'PLANS' and {where}
        group by semester_id, learner_id having count(distinct institution_id) > 1
    ),
    theirs as materialized (select f.* from {schema}.fact f where f.plan_id in (select unnest(t.plans) from twice t))"""


def waiting_facts(texts: Texts) -> str:
    """Facts, as they are now, of plans that were touched and not folded, where the caller's statistics reach.

    Runs as the owner, since grade and kind of programme stand on rows that readers of figures never see; `mine` guards it.
    """
    return f"""
create or replace function {texts["schema"]}.waiting_facts() returns setof {texts["schema"]}.fact
language plpgsql stable {_DEFINER} as $body$
begin
    if exists (select 1 from {texts["schema"]}.touched where {texts["mine"]}) then
        return query {texts["waiting"]};
    end if;
end $body$"""


def current_cells(texts: Texts) -> str:
    """Sums as they are this moment: folded ones, moved by what waits. Row security decides which institutions."""
    schema, country = texts["schema"], texts["country"]
    wanted = "semester_id = any (semesters) and {place} = any (places) and sums = any (names)"
    folded = (
        f"select semester_id, institution_id as place, sums, x, y, value, plans, facts from {schema}.cell"
        f" where {wanted.format(place='institution_id')}"
    )
    return f"""
create or replace function {schema}.current_cells(semesters uuid[], places uuid[], names text[])
returns table (semester_id uuid, place uuid, sums text, x text, y text, value numeric, plans bigint, facts bigint)
language plpgsql stable as $body$
{_CONFLICT}
begin
    if not exists (select 1 from {schema}.touched) then
        return query {folded};
        return;
    end if;
    return query
    with fresh as materialized (select * from {schema}.waiting_facts()),
    before as materialized (
        select f.* from {schema}.fact f where f.plan_id in (select t.plan_id from {schema}.touched t)
    ),
    sides as (select 1 as sign, n.* from fresh n union all select -1, o.* from before o),
    moved as ({by_plan("sides", signed=True)})
    select semester_id, place, sums, x, y, sum(value), sum(plans)::bigint, sum(facts)::bigint from (
        {folded}
        union all
        select semester_id, place, sums, x, y, sign * value, sign * (value > 0)::integer, sign * facts
        from moved cross join lateral (values (institution_id), ('{country}'::uuid)) v (place)
        where {wanted.format(place="place")}
    ) u group by semester_id, place, sums, x, y having sum(facts) <> 0;
end $body$"""


def current_shared(texts: Texts) -> str:
    """How often learners are counted twice where sums of several institutions are added: to be taken off `plans`.

    `places` null: the whole country. Within one institution and semester a learner has one plan.
    """
    schema = texts["schema"]
    return f"""
create or replace function {schema}.current_shared(semester uuid, places uuid[])
returns table (sums text, x text, y text, shared bigint) language plpgsql stable as $body$
{_CONFLICT}
begin
    if not exists (select 1 from {schema}.touched) then
        return query select sums, x, y, sum(n - 1)::bigint from (
            select o.sums, o.x, o.y, case when places is null then cardinality(o.institutions)
                else (select count(*) from unnest(o.institutions) i where i = any (places)) end as n
            from {schema}.overlap o where o.semester_id = semester
        ) c where n > 1 group by sums, x, y;
        return;
    end if;
    return query
    with waiting as materialized (select distinct t.plan_id from {schema}.touched t),
    fresh as materialized (select * from {schema}.waiting_facts()),
    people as materialized (
        select learner_id from fresh
        union
        select f.learner_id from {schema}.fact f where f.plan_id in (select plan_id from waiting)
    ),
    live as materialized (
        select * from fresh
        union all
        select f.* from {schema}.fact f
        where f.plan_id in (select p.plan_id from {schema}.fact p
                            where p.kind = 'PLANS' and p.learner_id in (select learner_id from people))
          and f.plan_id not in (select plan_id from waiting)
    )
    select sums, x, y, sum(n - 1)::bigint from (
        select o.sums, o.x, o.y, (select count(*) from unnest(o.institutions) i where places is null or i = any (places)) as n
        from {schema}.overlap o where o.semester_id = semester and o.learner_id not in (select learner_id from people)
        union all
        select sums, x, y, count(distinct institution_id) from ({by_plan("live", learners_only=True)}) s
        where semester_id = semester and value > 0 and (places is null or institution_id = any (places))
        group by sums, x, y, learner_id
    ) c where n > 1 group by sums, x, y;
end $body$"""


def fold(texts: Texts) -> str:
    """Fold at most so many touched plans; how many, 0 when none waits, -1 while somebody else folds.

    Facts are reckoned from the rows, never added up from changes: folding a plan twice moves nothing. Only kinds of facts that
    came out otherwise are summed up, of the plans where they did, and only learners with plans at two institutions are looked
    at for counting twice.
    """
    schema, country, columns = texts["schema"], texts["country"], texts["columns"]
    return f"""
create or replace function {schema}.fold(most integer) returns integer language plpgsql {_DEFINER} as $body$
{_CONFLICT}
declare
    wanted uuid[];
    people uuid[];
begin
    if not pg_try_advisory_xact_lock({_LOCK}) then return -1; end if;
    with gone as (
        delete from {schema}.touched where plan_id in (select t.plan_id from {schema}.touched t limit most) returning plan_id
    ) select array_agg(distinct plan_id) into wanted from gone;
    if wanted is null then return 0; end if;
    with fresh as materialized ({texts["wanted"]}),
    before as materialized (select {columns}, f.ctid as place from {schema}.fact f where f.plan_id = any (wanted)),
    moves as materialized (
        select {columns}, sum(sign) as sign, max(place) as place
        from (select {columns}, 1 as sign, null::tid as place from fresh union all select {columns}, -1, place from before) u
        group by {columns} having sum(sign) <> 0
    ),
    gone as (delete from {schema}.fact f using moves m where f.ctid = m.place and m.sign < 0),
    added as (insert into {schema}.fact ({columns}) select {columns} from moves where sign > 0),
    kinds as materialized (select distinct plan_id, kind from moves),
    sides as materialized (
        select 1 as sign, n.* from fresh n where (plan_id, kind) in (select plan_id, kind from kinds)
        union all
        select -1, {columns} from before where (plan_id, kind) in (select plan_id, kind from kinds)
    ),
    changed as materialized (
        select semester_id, institution_id as place, sums, x, y, sum(sign * value) as value,
               sum(sign * (value > 0)::integer) as plans, sum(sign * facts) as facts
        from ({by_plan("sides", signed=True)}) s group by semester_id, institution_id, sums, x, y
    ),
    moved as (
        insert into {schema}.cell as c (semester_id, institution_id, sums, x, y, value, plans, facts)
        select * from (
            select semester_id, place, sums, x, y, value, plans, facts from changed
            union all
            select semester_id, '{country}'::uuid, sums, x, y, sum(value), sum(plans), sum(facts) from changed
            group by semester_id, sums, x, y
        ) m where (value, plans, facts) <> (0, 0, 0)
        on conflict (semester_id, institution_id, sums, x, y) do update
        set value = c.value + excluded.value, plans = c.plans + excluded.plans, facts = c.facts + excluded.facts
    )
    select array_agg(distinct learner_id) into people from moves;
    if people is null then return cardinality(wanted); end if;
    delete from {schema}.cell where facts = 0;
    delete from {schema}.overlap where learner_id = any (people);
    with {_at_two(schema, "learner_id = any (people)")}
    insert into {schema}.overlap (semester_id, learner_id, sums, x, y, institutions) {_overlaps("theirs")};
    return cardinality(wanted);
end $body$"""


def rebuild(texts: Texts) -> str:
    """Everything anew from the rows; the number of facts. What is written meanwhile stays noted and is folded afterwards."""
    schema, columns = texts["schema"], texts["columns"]
    return f"""
create or replace function {schema}.rebuild() returns bigint language plpgsql {_DEFINER} set work_mem = '128MB' as $body$
declare
    counted bigint;
begin
    perform pg_advisory_xact_lock({_LOCK});
    delete from {schema}.touched;
    truncate {schema}.fact, {schema}.cell, {schema}.overlap;
    {texts["indexes_aside"]}
    alter table {schema}.cell drop constraint cell_pkey;
    insert into {schema}.fact ({columns}) {texts["everything"]};
    get diagnostics counted = row_count;
    insert into {schema}.cell (semester_id, institution_id, sums, x, y, value, plans, facts)
    {_added_up(f"{schema}.fact", texts["country"])};
    with {_at_two(schema)}
    insert into {schema}.overlap (semester_id, learner_id, sums, x, y, institutions) {_overlaps("theirs")};
    {texts["indexes_made"]}
    alter table {schema}.cell add constraint cell_pkey primary key (semester_id, institution_id, sums, x, y);
    analyze {schema}.fact;
    analyze {schema}.cell;
    analyze {schema}.overlap;
    return counted;
end $body$"""


def differences(texts: Texts) -> str:
    """Lines in which the roll-ups differ from a recount of all rows, by table; none when they are exact. One statement.

    Plans that wait are left out of the comparison of facts: they are reckoned live whenever somebody asks.
    """
    schema, columns = texts["schema"], texts["columns"]
    folded = f"plan_id not in (select plan_id from {schema}.touched)"
    cell = "semester_id, institution_id, sums, x, y, value, plans, facts"
    overlap = "semester_id, learner_id, sums, x, y, institutions"
    pairs = {
        "fact": (
            f"select {columns} from ({texts['everything']}) e where {folded}",
            f"select {columns} from {schema}.fact where {folded}",
        ),
        "cell": (_added_up(f"{schema}.fact", texts["country"]), f"select {cell} from {schema}.cell"),
        "overlap": (_overlaps(f"{schema}.fact"), f"select {overlap} from {schema}.overlap"),
    }
    parts = " union all ".join(
        f"select '{name}', (select count(*) from ((({right}) except all ({kept})) union all (({kept}) except all ({right}))) d)"
        for name, (right, kept) in pairs.items()
    )
    return f"""
create or replace function {schema}.differences() returns table (what text, lines bigint) language sql stable {_DEFINER} as $body$
select what, lines from ({parts}) d (what, lines) where lines > 0
$body$"""


FUNCTIONS: tuple[Callable[[Texts], str], ...] = (waiting_facts, current_cells, current_shared, fold, rebuild, differences)

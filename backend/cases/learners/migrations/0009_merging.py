"""Giving one record's rows to another of the same person, and giving them back.

The functions run as the tables' owner. The rows of a learner are held together by composite keys that are checked at the end
of each statement, so all tables change in one statement; some rows are evidence that `app` may not touch (a confirmed hour);
and every table that names a learner must follow, also those of rooms that the learners know nothing of. So the database's
own catalogue says which those are. What row security would have judged is judged by hand: the caller writes learners
in every institution whose rows move (docs/decisions/0102-merging-records.md).
"""

from django.db import migrations

# Rows that stay: who a record was, what was decided of it, and what was asked about it.
STAYING = "('learners_learner', 'learners_learneridentity', 'learners_duplicatecandidate', 'learners_mergedrow', 'privacy_rightsrequest')"

FUNCTIONS = f"""
create function learners_refuse(rule text) returns void language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'Refused: %', rule using errcode = 'check_violation', constraint = rule, table = 'learners_duplicatecandidate';
end $$;

create function learners_writes(institution uuid) returns boolean
    language sql stable set search_path = public, pg_temp as $$
    select coalesce(current_setting('app.writes_learners', true) = '*' or institution = any (
        string_to_array(nullif(nullif(current_setting('app.writes_learners', true), ''), '*'), ',')::uuid[]), false)
$$;

-- Tables whose rows name a learner: the column, whether they have an owner and a version, a text sealed under the learner's
-- key, and the columns that lead to an enrolment of the same learner.
create view learners_following with (security_invoker = true) as
select c.relname::text as tab, a.attname::text as learner_column,
    exists (select from pg_attribute x where x.attrelid = c.oid and x.attname = 'institution_id' and not x.attisdropped) as owned,
    exists (select from pg_attribute x where x.attrelid = c.oid and x.attname = 'version' and not x.attisdropped) as versioned,
    exists (select from pg_attribute x where x.attrelid = c.oid and x.atttypid = 'bytea'::regtype and not x.attisdropped) as sealed,
    array(
        select distinct e.attname::text from pg_constraint k
        join pg_attribute e on e.attrelid = k.conrelid and e.attnum = k.conkey[1]
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid = 'learners_enrolment'::regclass and cardinality(k.conkey) = 3
    ) as enrolment_columns
from pg_constraint f
join pg_class c on c.oid = f.conrelid
join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
where f.contype = 'f' and f.confrelid = 'learners_learner'::regclass and cardinality(f.conkey) = 1
    and c.relnamespace = 'public'::regnamespace and a.attname = 'learner_id' and c.relname not in {STAYING};

create function learners_merge(pair uuid, keeping uuid) returns integer
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    candidate learners_duplicatecandidate;
    leaving uuid;
    shared jsonb;
    part record;
    sets text;
    befores text;
    steps text[] := array[]::text[];
    lists text[] := array[]::text[];
    hit boolean;
    moved integer;
begin
    select * into candidate from learners_duplicatecandidate where id = pair for update;
    if candidate.id is null or keeping not in (candidate.first_id, candidate.second_id) or candidate.status <> 'OPEN' then
        perform learners_refuse('duplicate_is_open');
    end if;
    leaving := case when keeping = candidate.first_id then candidate.second_id else candidate.first_id end;
    perform 1 from learners_learner where id in (keeping, leaving) order by id for update;
    if exists (
        select from learners_learner where id in (keeping, leaving) and (merged_into_id is not null or erased_at is not null)
    ) then
        perform learners_refuse('merge_of_standing_records');
    end if;
    if not exists (select from learners_learner l where l.id = leaving and learners_writes(l.registering_institution_id))
        or not exists (
            select from learners_learner l where l.id = keeping and (learners_writes(l.registering_institution_id)
                or exists (select from learners_enrolment e where e.learner_id = l.id and learners_writes(e.institution_id)))
        ) then
        perform learners_refuse('merge_within_reach');
    end if;
    for part in select * from learners_following loop
        if part.owned then
            execute format('select exists (select from %I where learner_id = $1 and not learners_writes(institution_id))', part.tab)
                into hit using leaving;
            if hit then
                perform learners_refuse('merge_within_reach');
            end if;
        end if;
        if part.sealed then
            execute format('select exists (select from %I where learner_id = $1)', part.tab) into hit using leaving;
            if hit then
                perform learners_refuse('merge_keeps_sealed_rows');
            end if;
        end if;
    end loop;
    -- Both enrolled at the same time: one enrolment written twice, when place and stage are the same.
    if exists (
        select from learners_enrolment a
        join learners_enrolment k on k.learner_id = keeping
            and daterange(k.starts_on, k.ends_on, '[]') && daterange(a.starts_on, a.ends_on, '[]')
        where a.learner_id = leaving
        group by a.id having count(*) > 1
            or bool_or((k.institution_id, k.programme_kind, k.stage) is distinct from (a.institution_id, a.programme_kind, a.stage))
    ) then
        perform learners_refuse('merge_enrolments_overlap');
    end if;
    select coalesce(jsonb_object_agg(a.id, k.id), '{{}}') into shared
    from learners_enrolment a
    join learners_enrolment k on k.learner_id = keeping
        and daterange(k.starts_on, k.ends_on, '[]') && daterange(a.starts_on, a.ends_on, '[]')
    where a.learner_id = leaving;
    for part in select * from learners_following order by tab loop
        select coalesce(string_agg(format(', %1$I = coalesce(($3 ->> t.%1$I::text)::uuid, t.%1$I)', n), ''), ''),
               coalesce(string_agg(format('%1$L, case when old.%1$I is distinct from new.%1$I then old.%1$I end', n), ', '), '')
        into sets, befores from unnest(part.enrolment_columns) n;
        if part.versioned then
            sets := sets || ', version = t.version + 1';
        end if;
        steps := steps || format(
            '%1$I as (update %2$I t set learner_id = $2%3$s where t.learner_id = $1 %4$s returning t.id, %5$s as before)',
            'c_' || part.tab, part.tab, sets,
            case when part.tab = 'learners_enrolment' then 'and not $3 ? t.id::text' else '' end,
            case when befores = '' then 'null::jsonb' else format('nullif(jsonb_strip_nulls(jsonb_build_object(%s)), ''{{}}''::jsonb)', befores) end
        );
        lists := lists || format('select %L as model, id, before from %I', regexp_replace(part.tab, '_', '.'), 'c_' || part.tab);
    end loop;
    begin
        execute format(
            'with %s insert into learners_mergedrow (id, candidate_id, model, row, moved_from_id, before, moved_at) '
            'select gen_random_uuid(), $4, model, id, $1, before, now() from (%s) m',
            array_to_string(steps, ', '), array_to_string(lists, ' union all ')
        ) using leaving, keeping, shared, pair;
        get diagnostics moved = row_count;
    exception when unique_violation or exclusion_violation then
        perform learners_refuse('merge_rows_clash');
    end;
    update learners_learner set merged_into_id = keeping, version = version + 1, updated_at = now() where id = leaving;
    update learners_learner set version = version + 1, updated_at = now() where id = keeping;
    return moved;
end $$;

create function learners_unmerge(pair uuid) returns integer
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    candidate learners_duplicatecandidate;
    returning_to uuid;
    part record;
    child record;
    back jsonb := '{{}}';   -- by table, the keys of the rows that go back
    grown jsonb;
    keys jsonb;
    sets text;
    steps text[] := array[]::text[];
    hit boolean;
    moved integer;
begin
    select * into candidate from learners_duplicatecandidate where id = pair for update;
    if candidate.id is null or candidate.status <> 'SAME_PERSON' then
        perform learners_refuse('duplicate_is_merged');
    end if;
    returning_to := case when candidate.kept_id = candidate.first_id then candidate.second_id else candidate.first_id end;
    perform 1 from learners_learner where id in (candidate.kept_id, returning_to) order by id for update;
    if exists (select from learners_learner where id in (candidate.kept_id, returning_to) and erased_at is not null)
        or not exists (select from learners_learner where id = returning_to and merged_into_id = candidate.kept_id)
        or exists (select from learners_learner where id = candidate.kept_id and merged_into_id is not null) then
        perform learners_refuse('merge_of_standing_records');
    end if;
    if not exists (select from learners_learner l where l.id = returning_to and learners_writes(l.registering_institution_id)) then
        perform learners_refuse('merge_within_reach');
    end if;
    for part in select * from learners_following loop
        execute format(
            'select coalesce(jsonb_agg(t.id), ''[]'') from learners_mergedrow m join %I t on t.id = m.row and t.learner_id = $2 '
            'where m.candidate_id = $1 and m.model = $3', part.tab
        ) into keys using pair, candidate.kept_id, regexp_replace(part.tab, '_', '.');
        back := back || jsonb_build_object(part.tab, keys);
    end loop;
    -- What was added since below a row that goes back must go with it: the keys between them say so.
    loop
        grown := back;
        for child in
            select c.relname::text as tab, p.relname::text as parent, a.attname::text as via
            from pg_constraint k
            join pg_class c on c.oid = k.conrelid
            join pg_class p on p.oid = k.confrelid
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
            join learners_following fc on fc.tab = c.relname
            join learners_following fp on fp.tab = p.relname
            where k.contype = 'f' and cardinality(k.conkey) >= 3 and c.relnamespace = 'public'::regnamespace
                and exists (select from pg_attribute l where l.attrelid = k.conrelid and l.attnum = any (k.conkey) and l.attname = 'learner_id')
        loop
            execute format(
                'select coalesce(jsonb_agg(distinct k), ''[]'') from (select jsonb_array_elements_text($1) union '
                'select t.id::text from %I t where t.learner_id = $2 and t.%I::text in (select jsonb_array_elements_text($3))) x(k)',
                child.tab, child.via
            ) into keys using grown -> child.tab, candidate.kept_id, grown -> child.parent;
            grown := grown || jsonb_build_object(child.tab, keys);
        end loop;
        exit when (select bool_and(jsonb_array_length(grown -> tab) = jsonb_array_length(back -> tab)) from learners_following);
        back := grown;
    end loop;
    for part in select * from learners_following order by tab loop
        if part.owned then
            execute format(
                'select exists (select from %I where id::text in (select jsonb_array_elements_text($1)) and not learners_writes(institution_id))',
                part.tab
            ) into hit using back -> part.tab;
            if hit then
                perform learners_refuse('merge_within_reach');
            end if;
        end if;
        select coalesce(string_agg(format(', %1$I = coalesce((select (m.before ->> %1$L)::uuid from learners_mergedrow m '
            'where m.candidate_id = $2 and m.row = t.id), t.%1$I)', n), ''), '')
        into sets from unnest(part.enrolment_columns) n;
        if part.versioned then
            sets := sets || ', version = t.version + 1';
        end if;
        steps := steps || format(
            '%1$I as (update %2$I t set learner_id = $1%3$s where t.id::text in (select jsonb_array_elements_text($3 -> %2$L)) returning 1)',
            'c_' || part.tab, part.tab, sets
        );
    end loop;
    begin
        execute format(
            'with %s select %s', array_to_string(steps, ', '),
            (select string_agg(format('(select count(*) from %I)', 'c_' || tab), ' + ') from learners_following)
        ) into moved using returning_to, pair, back;
    exception when unique_violation or exclusion_violation or foreign_key_violation then
        perform learners_refuse('unmerge_rows_joined');
    end;
    update learners_learner set merged_into_id = null, version = version + 1, updated_at = now() where id = returning_to;
    update learners_learner set version = version + 1, updated_at = now() where id = candidate.kept_id;
    return moved;
end $$;
"""
GONE = """
drop function learners_unmerge(uuid);
drop function learners_merge(uuid, uuid);
drop view learners_following;
drop function learners_writes(uuid);
drop function learners_refuse(text);
"""


class Migration(migrations.Migration):
    dependencies = [("learners", "0008_merged_row_before")]
    operations = [migrations.RunSQL(FUNCTIONS, GONE)]

"""The read log's functions as SQL: appending what was read, and telling it to who may ask."""

from __future__ import annotations

from backend.core.trail.functions import DEFINER, MAY_ERASE, transaction_number
from backend.core.trail.tables import SCHEMA

KEPT = "set plan_cache_mode = force_generic_plan"
"""Planning these statements takes longer than running them: one plan a connection is kept."""


def reader(*, base: int) -> str:
    """Appends entries of the read log, one a learner, in one statement. The principal comes from the caller's scope."""
    return f"""
create or replace function {SCHEMA}.append_reads(
    kind text, channel text, purpose text, classes text[], roles text[], levels text[], unit_codes text[],
    learners uuid[], institutions uuid[], object_types text[], objects uuid[]
) returns void language plpgsql volatile {DEFINER} {KEPT} as $body$
#variable_conflict use_variable
begin
    insert into {SCHEMA}.read_entry (trail_id, trail_xid, trail_salt, at, db_role, principal, client, kind, role, level,
        unit_code, learner_id, institution_id, object_type, object_id, channel, purpose, classes)
    select nextval('{SCHEMA}.entry_id'), {transaction_number(base)}, gen_random_uuid(), now(), session_user,
        nullif(current_setting('app.principal', true), '')::uuid, nullif(current_setting('app.client', true), '')::bigint,
        append_reads.kind, r.role, r.level, r.unit_code, r.learner, r.institution, r.object_type, r.object,
        append_reads.channel, nullif(append_reads.purpose, ''), append_reads.classes
    from unnest(roles, levels, unit_codes, learners, institutions, object_types, objects)
        as r(role, level, unit_code, learner, institution, object_type, object);
end $body$;
"""


def note_reader(*, base: int) -> str:
    """Appends the reads that a statement noted in a setting while it ran (`backend.accounts.read_log`), one a learner.

    `noted` holds `learner/institution/object/place;` for each row shown; `tags`, `areas` and `masks` (1 personal, 2
    special) say by place what the row was, the other lists which assignments open an area, the nearest first. Of the
    same learner one row stays, the learner's own before others, with the classes of all.

    One row alone, as most answers have, takes the short way: the statement for many costs more to begin than it does.
    Kept plans for both, as planning them took longer than running (docs/decisions/0137-kept-plans-for-the-read-log.md).
    """
    one = _noted_values(
        learner="v_learner",
        institution="v_row[2]",
        shown="v_row[3]",
        tag="tags[v_place]",
        mask="masks[v_place]",
        reason=("roles[v_held]", "levels[v_held]", "unit_codes[v_held]"),
    )
    many = _noted_values(
        learner="shown.learner",
        institution="shown.institution",
        shown="shown.object",
        tag="shown.tag",
        mask="shown.mask",
        reason=("reason.role", "reason.level", "reason.unit_code"),
    )
    opens = "{held} = {area} and ({covered} = '*' or ({institution} <> '' and strpos({covered}, {institution}) > 0))"
    opens_one = opens.format(held="held_areas[v_held]", area="areas[v_place]", covered="covered[v_held]", institution="v_row[2]")
    opens_many = opens.format(held="h.area", area="areas[shown.place]", covered="h.covered", institution="shown.institution")
    into = f"""insert into {SCHEMA}.read_entry (trail_id, trail_xid, trail_salt, at, db_role, principal, client, kind, channel,
            purpose, role, level, unit_code, learner_id, institution_id, object_type, object_id, classes)
        select nextval('{SCHEMA}.entry_id'), {transaction_number(base)}, gen_random_uuid(), now(), session_user,
            nullif(current_setting('app.principal', true), '')::uuid, nullif(current_setting('app.client', true), '')::bigint,
            'READ', channel, nullif(purpose, ''), """
    return f"""
create or replace function {SCHEMA}.append_noted(
    noted text, channel text, purpose text, tags text[], areas text[], masks integer[],
    held_areas text[], roles text[], levels text[], unit_codes text[], covered text[]
) returns void language plpgsql volatile {DEFINER} {KEPT} as $body$
#variable_conflict use_variable
declare
    v_row text[];
    v_learner uuid;
    v_place integer;
    v_held integer := 1;
begin
    if strpos(noted, ';') = length(noted) then
        if noted = '' then
            return;
        end if;
        v_row := string_to_array(rtrim(noted, ';'), '/');
        v_learner := v_row[1]::uuid;
        v_place := v_row[4]::integer;
        while v_held <= cardinality(held_areas) and not ({opens_one}) loop
            v_held := v_held + 1;
        end loop;
        {into}{one};
        return;
    end if;
    {into}{many}
    from (
        select distinct on (r.learner) r.learner, r.institution, r.object, r.place, tags[r.place] as tag,
            bit_or(masks[r.place]) over (partition by r.learner) as mask
        from (
            select split_part(n.row, '/', 1)::uuid as learner, split_part(n.row, '/', 2) as institution,
                split_part(n.row, '/', 3) as object, split_part(n.row, '/', 4)::integer as place
            from string_to_table(noted, ';') as n(row) where n.row <> ''
        ) r
        order by r.learner, tags[r.place] <> 'lrn', tags[r.place], r.object
    ) shown
    left join lateral (
        select h.role, h.level, h.unit_code
        from unnest(held_areas, roles, levels, unit_codes, covered)
            with ordinality as h(area, role, level, unit_code, covered, nearness)
        where {opens_many}
        order by h.nearness limit 1
    ) reason on true;
end $body$;
"""


def _noted_values(*, learner: str, institution: str, shown: str, tag: str, mask: str, reason: tuple[str, str, str]) -> str:
    """The columns of an entry that follow from a noted row, from `role` on."""
    held = ", ".join(f"coalesce({part}, '')" for part in reason)
    classes = "(array['{internal}', '{personal}', '{special}', '{personal,special}'])"
    return (
        f"{held}, {learner}, nullif({institution}, '')::uuid, {tag}, coalesce(nullif({shown}, '')::uuid, {learner}),"
        f" {classes}[{mask} + 1]::text[]"
    )


def reads_teller() -> str:
    """Who read a learner's record, the last first; for a data protection officer alone, who sees no learner's row."""
    return f"""
create or replace function {SCHEMA}.reads_of(wanted uuid) returns setof {SCHEMA}.read_entry
language plpgsql stable {DEFINER} as $body$
begin
    if not {MAY_ERASE} then
        raise exception 'Only a data protection officer asks.' using errcode = 'insufficient_privilege';
    end if;
    return query select * from {SCHEMA}.read_entry r where r.learner_id = wanted order by r.trail_id desc;
end $body$;
"""

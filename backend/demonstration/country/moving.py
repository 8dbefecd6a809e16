"""Transfers between institutions: one for each learner who moved, and some that wait or came to nothing. By the server."""

from __future__ import annotations

from collections.abc import Iterator

from backend.demonstration.country.drawing import HERE, TZ, among, key_after, key_at, run, share

TABLES = ("transfers_transfer", "transfers_transfershare")
OTHERS_LEAST, OTHERS_PER = 6, 800
"""Transfers that wait, were rejected or revoked: one for so many running enrolments, six at least. Assumed."""
_NOT_FOR_THIS = "Skolēns paliek līdzšinējā iestādē."
_COLUMNS = """(id, version, created_at, updated_at, learner_id, institution_id, to_institution_id, proposed_from,
    leaves_enrolment_id, enters_enrolment_id, effective_on, status, reason, proposed_by_id, decided_by_id, decided_at,
    decision_reason)"""


def _someone(role: str, institution: str) -> str:
    return (
        f"(select a.user_id from accounts_assignment a where a.institution_id = {institution} and a.role = '{role}'"
        " order by a.id limit 1)"
    )


# The school that the learner comes to asks in the two weeks before, and the other one decides in three days.
_MOVED = f"""
insert into transfers_transfer {_COLUMNS}
select m.key, 2, m.proposed_at, m.proposed_at + make_interval(hours => 3 + 24 * {among("m.key", 62, "4")}), m.learner_id,
    m.institution_id, m.to_id, 'RECEIVING', m.id, m.next_id, m.next_on, 'ACCEPTED', '', {_someone("plan_author", "m.to_id")},
    {_someone("institution_head", "m.institution_id")},
    m.proposed_at + make_interval(hours => 3 + 24 * {among("m.key", 62, "4")}), ''
from (
    select e.*, (e.next_on - 7 - {among("e.key", 61, "8")} + time '10:30') at time zone {TZ} as proposed_at
    from (
        select id, learner_id, institution_id, end_reason,
            {key_at("starts_on", "id::text || 'transfer'")} as key,
            lead(id) over w as next_id, lead(institution_id) over w as to_id, lead(starts_on) over w as next_on
        from learners_enrolment window w as (partition by learner_id order by starts_on)
    ) e
    where e.end_reason = 'MOVED' and e.to_id <> e.institution_id and e.institution_id in {HERE} and e.to_id in {HERE}
) m order by m.key"""
_OTHERS = f"""
insert into transfers_transfer {_COLUMNS}
select {key_at("o.at", "o.id::text || 'transfer'")}, case o.status when 'PROPOSED' then 1 else 2 end, o.at,
    case o.status when 'PROPOSED' then o.at else o.at + interval '50 hours' end, o.learner_id, o.institution_id, o.to_id,
    case when {share("o.id", 64)} < 0.5 then 'SENDING' else 'RECEIVING' end, o.id, null, date '2023-11-01', o.status, '',
    {_someone("plan_author", "o.institution_id")},
    case o.status when 'PROPOSED' then null else {_someone("institution_head", "o.institution_id")} end,
    case o.status when 'PROPOSED' then null else o.at + interval '50 hours' end,
    case o.status when 'REJECTED' then '{_NOT_FOR_THIS}' else '' end
from (
    select p.*, (date '2023-10-02' + {among("p.id", 63, "9")} + time '11:00') at time zone {TZ} as at,
        (array['PROPOSED', 'REJECTED', 'REVOKED'])[1 + p.place % 3] as status,
        (select t.id from territory_institution t where t.kind = i.kind and t.id <> p.institution_id and t.id in {HERE}
         order by uuid_hash_extended(t.id, p.place) limit 1) as to_id
    from (
        select e.id, e.learner_id, e.institution_id, row_number() over (order by uuid_hash_extended(e.id, 65)) as place,
            count(*) over () as running
        from learners_enrolment e where e.ends_on is null and e.institution_id in {HERE}
    ) p join territory_institution i on i.id = p.institution_id
    where p.place <= greatest({OTHERS_LEAST}, p.running / {OTHERS_PER})
) o where o.to_id is not null"""


def _shares(part: str, mode: str, until: str) -> str:
    return f"""
insert into transfers_transfershare (id, transfer_id, institution_id, to_institution_id, part, mode, until)
select {key_after("t.id", f"'{part}'")}, t.id, t.institution_id, t.to_institution_id, '{part}', '{mode}', {until}
from transfers_transfer t where t.institution_id in {HERE} order by t.id"""


def load() -> Iterator[int]:
    """Write all of it; rows of each statement."""
    yield run(_MOVED)
    yield run(_OTHERS)
    yield run(_shares("IDENTITY", "COPY", "null::date"))
    yield run(_shares("PAST_PLANS", "VIEW", "t.effective_on + 365"))

"""Messages, files sent in, contracts. Written by the server."""

from __future__ import annotations

from collections.abc import Iterator

from backend.demonstration.country import targets
from backend.demonstration.country.drawing import HERE, TZ, among, key_after, key_at, run, share

_TOLD = f"date '{targets.AS_OF}'"
# A head who returns a plan writes to its author; one in three answers.
_RETURNED = f"""(select s.*, p.learner_id, p.author_id from plans_planstep s join plans_supportplan p on p.id = s.plan_id
    where s.to_status = 'RETURNED' and s.institution_id in {HERE} and {share("s.id", 151)} < 0.3
        and s.actor_id <> p.author_id)"""
_COLUMNS = (
    """(id, sender_id, recipient_id, institution_id, learner_id, subject_tag, subject_id, answers_id, body, sent_at, read_at)"""
)
_ASKED = f"""
insert into workspace_message {_COLUMNS}
select {key_after("r.id", "'message'")}, r.actor_id, r.author_id, r.institution_id, r.learner_id, 'plan', r.plan_id, null,
    'Lūdzu, precizējiet pasākumus un iesniedziet plānu vēlreiz.', r.at + interval '5 minutes',
    case when r.at < {_TOLD} - 4 then r.at + interval '1 day' end from {_RETURNED} r order by r.id"""
_REPLIED = f"""
insert into workspace_message {_COLUMNS}
select {key_after("r.id", "'reply'")}, r.author_id, r.actor_id, r.institution_id, r.learner_id, 'plan', r.plan_id,
    {key_after("r.id", "'message'")}, 'Paldies, papildināju.', r.at + interval '25 hours', null
from {_RETURNED} r where {share("r.id", 152)} < 0.35 and r.at < {_TOLD} - 4 order by r.id"""
# Some institutions send absences and marks as a file each semester; a few lines are refused.
_IMPORTS = f"""
insert into exchange_dataimport (id, version, created_at, updated_at, institution_id, kind, state, file_name, file_hash,
    file_size,
    rows_total, rows_written, rows_refused, requested_by_id, app_id, finished_at)
select d.id, 2, d.at, d.at + interval '3 minutes', d.institution_id, 'INDICATORS', 'DONE', 'kavejumi-un-vertejumi.csv',
    encode(sha256(uuid_send(d.id)), 'hex'), 400 + 60 * d.lines, d.lines + d.refused, d.lines, d.refused, d.user_id, null,
    d.at + interval '3 minutes'
from (
    select {key_at("g.at", "g.institution_id::text || 'import'")} as id, g.*, a.user_id,
        {among("g.institution_id", 154, "4")} as refused
    from (select institution_id, semester_id, min(recorded_at) + interval '1 day' as at, count(*) as lines
          from evaluation_learnerindicator where institution_id in {HERE} group by 1, 2) g
    join accounts_assignment a on a.institution_id = g.institution_id and a.role = 'plan_author'
    where {share("g.institution_id", 153)} < 0.15
) d order by 1"""
_PROBLEMS = f"""
insert into exchange_importproblem (id, import_id, institution_id, row_number, field, code)
select {key_after("d.id", "n.nth::text")}, d.id, d.institution_id, 2 + n.nth * 7, 'mean_mark', 'INVALID'
from exchange_dataimport d cross join lateral generate_series(1, d.rows_refused) as n (nth)
where d.institution_id in {HERE} order by d.id, n.nth"""
# Older than the programme at the institution, which may join after the hours of a semester began. The user's name says
# as what they were hired: staff.<institution>.<role of the specialist>.<number>.
_CONTRACTS = f"""
insert into registry_staffcontract (id, version, created_at, updated_at, user_id, institution_id, position_id, number,
    starts_on,
    ends_on)
select {key_after("a.id", "'contract'")}, 1, (a.valid_from - 90 + time '08:00') at time zone {TZ},
    (a.valid_from - 90 + time '08:00') at time zone {TZ}, a.user_id, a.institution_id, o.id,
    'DL-' || row_number() over (partition by a.institution_id order by a.id), a.valid_from - 90, null
from accounts_assignment a join accounts_user u on u.id = a.user_id
join registry_position o on o.specialist_role = upper(split_part(u.username, '.', 3)) and o.valid_to is null
where a.role = 'support_provider' and a.institution_id in {HERE} order by a.id"""
_PREVENTION = f"""
insert into registry_preventionplan (id, source, source_status, source_note, municipality_id, institution_id, title, number,
    approved_on, valid_from, valid_to, address, summary)
select {key_at("date '2017-09-01'", "m.code || 'prevention'")}, '', 'ASSUMED', 'invented for the demonstration country',
    m.id, null,
    'Preventīvo un intervences pasākumu vidēja termiņa plāns (paraugs)', '', date '2017-08-24', date '2017-09-01', null, '', ''
from territory_municipality m where exists (select from territory_institution i where i.municipality_id = m.id
    and i.id in {HERE}
    and i.kind = 'GENERAL')
  and not exists (select from registry_preventionplan p where p.municipality_id = m.id) order by m.code"""


def load_contracts() -> Iterator[int]:
    """Contracts of the specialists and the partners' plans of prevention."""
    yield run(_CONTRACTS)
    yield run(_PREVENTION)


def load() -> Iterator[int]:
    """Messages and imports; rows of each statement."""
    for statement in (_ASKED, _REPLIED, _IMPORTS, _PROBLEMS):
        yield run(statement)

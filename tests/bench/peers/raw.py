"""The limit: bare ASGI, psycopg and one hand-written statement a shape. No token, no GraphQL; the scope is a predicate.

The body is `{"shape", "values"}`. It connects as `loader`, which row security does not bind: nothing is left to save.
`app` writes no read log; `logged` appends the entries that ours appends, in the statement that shows the learners.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import orjson
from psycopg import AsyncRawCursor
from psycopg_pool import AsyncConnectionPool

VAR = Path(os.environ["VAR_ROOT"])
CALLERS = json.loads((VAR / "inputs.json").read_text())["callers"]

_NODE = """json_build_object('id', 'lrn_' || encode(uuid_send(l.id), 'hex'), 'givenName', l.given_name, 'familyName', l.family_name,
  'birthDate', l.birth_date,
  'registeringInstitution', (select json_build_object('id', 'inst_' || encode(uuid_send(i.id), 'hex'), 'code', i.code, 'name', i.name_lv)
                             from territory_institution i where i.id = l.registering_institution_id)"""
_PLANS = """, 'supportPlans', (select json_build_object('edges', coalesce(json_agg(json_build_object('node', json_build_object(
    'id', 'plan_' || encode(uuid_send(p.id), 'hex'), 'number', p.number, 'status', p.status, 'periodFrom', p.period_from,
    'measures', (select json_build_object('edges', coalesce(json_agg(json_build_object('node', json_build_object(
        'id', 'msr_' || encode(uuid_send(m.id), 'hex'), 'category', m.category, 'kindCode', m.kind_code, 'plannedHours', m.planned_hours))), '[]'))
      from (select id, category, kind_code, planned_hours from plans_measure where plan_id = p.id {also_m} order by id limit 20) m)))), '[]'))
   from (select id, number, status, period_from from plans_supportplan where learner_id = l.id {also} order by period_from desc, id limit 10) p)"""
_MINE = "institution_id = any ($1::uuid[])"
_REACHED = f"(id in (select learner_id from learners_enrolment where {_MINE} union select id from learners_learner where registering_institution_id = any ($1::uuid[])))"
_COLUMNS = "id, given_name, family_name, birth_date, registering_institution_id, sort_key"
_CURSOR = """translate(encode(convert_to('["sort_key,id",' || to_json(l.sort_key)::text || ',"' || encode(uuid_send(l.id), 'hex') || '"]', 'UTF8'),
  'base64'), E'+/=\\n', '-_')"""

_OWN = _NODE + _PLANS.format(also=f"and {_MINE}", also_m=f"and {_MINE}") + ")"
_ALL = _NODE + _PLANS.format(also="", also_m="") + ")"
_WRITE = """with made as (insert into delivery_consultation (id, version, created_at, updated_at, measure_id, learner_id, institution_id,
    specialist_role, provider_id, held_on, starts_at, topic, channel, group_key, hours)
  select gen_random_uuid(), 1, now(), now(), id, learner_id, institution_id, kind_code, $3::uuid, $4::date, $5::time, $6::text, 'IN_PERSON',
    gen_random_uuid(), 1 from plans_measure where id = $2::uuid and institution_id = any ($1::uuid[]) returning id, held_on, starts_at, topic)
  select json_build_object('data', json_build_object('recordConsultations', json_agg(json_build_object('id', 'cons_' || encode(uuid_send(id), 'hex'),
    'heldOn', held_on, 'startsAt', starts_at, 'topic', topic))))::text from made"""
# The figures of the semester report by hand: plans that became active, and what hangs on them.
_REPORT = """with p as materialized (select p.id, p.learner_id from plans_supportplan p join territory_semester s on s.id = p.semester_id
    where s.code = $1::text and p.activated_at is not null),
  settled as (select c.* from reimbursements_reimbursementclaim c where c.status in ('APPROVED', 'PAID')),
  counted as (select c.* from settled c where c.reverses_id is null
    and c.amount + coalesce((select sum(r.amount) from settled r where r.reverses_id = c.id), 0) > 0),
  hours as (select * from delivery_consultation where provider_confirmed_at is not null and learner_confirmed_at is not null
    and voided_at is null),
  m as materialized (select m.id, m.kind_code from plans_measure m join p on p.id = m.plan_id)
  select json_build_object('data', json_build_object('semesterReport', json_build_object(
    'plans', (select count(*) from p), 'learners', (select count(distinct learner_id) from p),
    'riskIdentifications', (select json_agg(x) from (select f."group", count(*) as identifications, count(distinct p.id) as plans,
        count(distinct p.learner_id) as learners from plans_riskassessment a join p on p.id = a.plan_id
        join registry_riskfactor f on f.id = a.risk_factor_id where a.moment = 'START' group by f."group") x),
    'measures', (select json_agg(x) from (select kind_code as kind, count(*) as planned, count(*) filter (where
        exists (select 1 from hours where measure_id = m.id) or exists (select 1 from counted where measure_id = m.id)) as delivered
        from m group by kind_code) x),
    'consultations', (select json_agg(x) from (select specialist_role as role, sum(hours) as hours, count(distinct learner_id) as learners
        from hours where measure_id in (select id from m) group by specialist_role) x),
    'reimbursements', (select json_agg(x) from (select c.kind, count(distinct c.learner_id) filter (where k.id is not null) as learners,
        round(sum(c.amount), 2)::text as amount from settled c left join counted k on k.id = c.id
        where c.measure_id in (select id from m) group by c.kind) x))))::text"""
_SHOWN = {
    "ONE": f"select {_COLUMNS} from learners_learner where id = $2::uuid and {_REACHED}",
    "INST": f"""select {_COLUMNS} from learners_learner
      where {_REACHED} and id in (select learner_id from learners_enrolment where institution_id = $2::uuid and {_MINE})
      order by sort_key, id limit 50""",
    "LIST": f"select {_COLUMNS} from learners_learner where (sort_key, id) > ($1::text, $2::uuid) order by sort_key, id limit 50",
}
_ANSWER = {
    "ONE": f"json_build_object('data', json_build_object('learner', (select {_NODE}) from {{shown}} l)))::text",
    "INST": f"""json_build_object('data', json_build_object('learners', (select json_build_object('edges',
      coalesce(json_agg(json_build_object('node', {_OWN})), '[]')) from {{shown}} l)))::text""",
    "LIST": f"""json_build_object('data', json_build_object('learners', (select json_build_object('edges',
      coalesce(json_agg(json_build_object('node', {_ALL}, 'cursor', {_CURSOR})), '[]')) from {{shown}} l)))::text""",
}
_LOG = """insert into trail.read_entry (trail_id, trail_xid, trail_salt, at, db_role, principal, client, kind, role, level,
    unit_code, learner_id, institution_id, object_type, object_id, channel, purpose, classes)
  select nextval('trail.entry_id'), (select base from trail.clock) + pg_current_xact_id()::text::bigint, gen_random_uuid(), now(),
    session_user, null, null, 'READ', 'raw', '', '', id, registering_institution_id, 'lrn', id, 'CASE_API', null, '{personal}'
  from shown"""
STATEMENTS = {shape: "select " + answer.format(shown=f"({_SHOWN[shape]})") for shape, answer in _ANSWER.items()} | {
    "WRITE": _WRITE,
    "REPORT": _REPORT,
}
LOGGED = {
    shape: f"with shown as materialized ({_SHOWN[shape]}), noted as ({_LOG}) select " + answer.format(shown="shown")
    for shape, answer in _ANSWER.items()
} | {"WRITE": _WRITE, "REPORT": _REPORT}

_pool: AsyncConnectionPool[Any] | None = None


async def pool() -> AsyncConnectionPool[Any]:
    """One pool a process, opened at the first request."""
    global _pool  # noqa: PLW0603  (a bare ASGI program has no better place)
    if _pool is None:
        url = json.loads((VAR / "database.json").read_text())["roles"]["loader"]
        _pool = AsyncConnectionPool(url, min_size=4, max_size=8, open=False, kwargs={"autocommit": True})
        await _pool.open()
    return _pool


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """ASGI, without a read log."""
    await _serve(STATEMENTS, scope, receive, send)


async def logged(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """ASGI, with the read log."""
    await _serve(LOGGED, scope, receive, send)


async def _serve(statements: dict[str, str], scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    asked = orjson.loads(body)
    async with (await pool()).connection() as connection:
        cursor = AsyncRawCursor(connection)
        await cursor.execute(statements[asked["shape"]].encode(), asked["values"], prepare=True)
        row = await cursor.fetchone()
    text = row[0].encode() if row else b""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": text})

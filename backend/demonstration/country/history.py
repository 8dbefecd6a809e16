"""The past of the country's rows: entries of the trail under the times at which each thing became known.

The generator loads rows as they stand at the end. Here their earlier versions are derived from them in SQL, set-wise: a plan
had a version at each of its steps, an enrolment was open before it ended, a claim was made before it was decided and paid, an
hour at a distance was entered before the learner confirmed it. Only the loader may insert into the trail; the database
compares the outcome (`bulk.make_whole`), and `verify_trail` holds the last entry of every row against the row.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from backend.core.trail.context import Channel
from backend.core.trail.declarations import Audited, audited_tables
from backend.core.trail.tables import SCHEMA, history_table

REASON = "demonstration country"
# Salts of millions of entries: a keyed hash of a number, its key drawn for the statement and kept nowhere. Drawing each salt
# from the system costs four times as much.
_DRAWN = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
_SALT = f"encode(substr(sha256(c.bytes || int8send(nextval('{SCHEMA}.entry_id'))), 1, 16), 'hex')::uuid"


def write(table: str, *, as_made: bool = False) -> int:
    """Entries for every row of `table` that has none yet; how many entries. Needs the loader and a transaction.

    `as_made`: the rows never changed, whatever their table's rows go through in the country.
    """
    declared = next(declared for declared in audited_tables() if declared.table == table)
    versions = _once(declared) if as_made else _VERSIONS.get(table, _once)(declared)
    columns = ", ".join(f'"{column}"' for column in declared.columns)
    values = ", ".join(f'v."{column}"' for column in declared.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"with drawn as materialized (select {_DRAWN} as bytes, {SCHEMA}.clock.base from {SCHEMA}.clock)"
            f" insert into {history_table(declared).quoted} (trail_id, trail_xid, trail_salt, trail_op, trail_at,"
            f" trail_recorded_at, trail_db_role, trail_principal, trail_client, trail_channel, trail_reason, {columns})"
            f" select nextval('{SCHEMA}.entry_id'), c.base + pg_current_xact_id()::text::bigint, {_SALT},"
            f' v.op::"char", now(), v.known_at, session_user, v.actor, null, %s, %s, {values}'
            f" from ({versions}) v cross join drawn c",
            [Channel.COMMAND.value, REASON],
        )
        return int(cursor.rowcount)


def _new(declared: Audited) -> str:
    """Rows that the trail does not know yet."""
    return (
        f'(select * from public."{declared.table}" l where not exists'
        f' (select from {history_table(declared).quoted} h where h."{declared.key}" = l."{declared.key}"))'
    )


def _select(declared: Audited, op: str, known_at: str, *, actor: str = "null::uuid", **differing: str) -> str:
    """One version of each row `r`: its columns as they stand, but for those given."""
    values = {column: f'r."{column}"' for column in declared.columns} | differing
    columns = ", ".join(f'{values[column]} as "{column}"' for column in declared.columns)
    return f"select {op} as op, {known_at} as known_at, {actor} as actor, {columns}"


def _once(declared: Audited) -> str:
    """Rows that never changed: one entry, at their own time."""
    return f"""{_select(declared, "'I'", f'r."{declared.recorded}"')} from {_new(declared)} r"""


def _plans(declared: Audited) -> str:
    """A version at each step: its status, and of the moments those that had come."""
    reached = {
        "submitted_at": "max(s.at) filter (where s.to_status = 'SUBMITTED') over so_far",
        "activated_at": "max(s.at) filter (where s.to_status = 'ACTIVE') over so_far",
        "evaluated_at": "max(s.at) filter (where s.to_status = 'EVALUATED') over so_far",
        "closed_at": "max(s.at) filter (where s.to_status = 'CLOSED') over so_far",
        "interrupted_at": "max(s.at) filter (where s.to_status = 'INTERRUPTED') over so_far",
    }
    evaluated = "bool_or(s.to_status = 'EVALUATED') over so_far"
    versions = _select(
        declared,
        "case when row_number() over so_far = 1 then 'I' else 'U' end",
        "s.at",
        actor="s.actor_id",
        version="row_number() over so_far",
        updated_at="s.at",
        status="s.to_status",
        result_text=f"case when {evaluated} then r.result_text else '' end",
        continue_next=f"case when {evaluated} then r.continue_next end",
        **reached,
    )
    return (
        f"{versions} from {_new(declared)} r join public.plans_planstep s on s.plan_id = r.id"
        " window so_far as (partition by r.id order by s.at)"
    )


def _enrolments(declared: Audited) -> str:
    """Open first; ended when the end came."""
    rows = f" from {_new(declared)} r"
    opened = _select(
        declared, "'I'", "r.created_at", version="1", updated_at="r.created_at", ends_on="null::date", end_reason="''"
    )
    return f"{opened}{rows} union all {_select(declared, chr(39) + 'U' + chr(39), 'r.updated_at')}{rows} where r.version = 2"


def _consultations(declared: Audited) -> str:
    """At a distance the learner's word came later."""
    rows = f" from {_new(declared)} r"
    entered = _select(
        declared,
        "'I'",
        "r.created_at",
        version="1",
        updated_at="r.created_at",
        learner_confirmed_at="case when r.version = 1 then r.learner_confirmed_at end",
        learner_confirmed_by="case when r.version = 1 then r.learner_confirmed_by else '' end",
    )
    return f"{entered}{rows} union all {_select(declared, chr(39) + 'U' + chr(39), 'r.updated_at')}{rows} where r.version = 2"


def _claims(declared: Audited) -> str:
    """Claimed, then decided, then paid."""
    rows = f" from {_new(declared)} r"
    claimed = _select(
        declared,
        "'I'",
        "r.created_at",
        version="1",
        updated_at="r.created_at",
        status="'CLAIMED'",
        decided_at="null::timestamptz",
        paid_at="null::timestamptz",
    )
    decided = _select(
        declared,
        "'U'",
        "r.decided_at",
        version="2",
        updated_at="r.decided_at",
        status="case when r.status = 'PAID' then 'APPROVED' else r.status end",
        paid_at="null::timestamptz",
    )
    paid = _select(declared, "'U'", "r.paid_at")
    return (
        f"{claimed}{rows} union all {decided}{rows} where r.decided_at is not null"
        f" union all {paid}{rows} where r.paid_at is not null"
    )


def _opened(**later: str) -> Callable[[Audited], str]:
    """Made first, with `later` (columns and their value before); as it stands when it changed."""

    def versions(declared: Audited) -> str:
        rows = f" from {_new(declared)} r"
        made = _select(declared, "'I'", "r.created_at", version="1", updated_at="r.created_at", **later)
        return f"{made}{rows} union all {_select(declared, chr(39) + 'U' + chr(39), 'r.updated_at')}{rows} where r.version > 1"

    return versions


def _with_parent(parent: str, column: str, known_at: str) -> Callable[[Audited], str]:
    """Rows without a time of their own, known when their parent `p` was."""

    def versions(declared: Audited) -> str:
        return f"""{_select(declared, "'I'", known_at)} from {_new(declared)} r join public.{parent} p on p.id = r.{column}"""

    return versions


def _costs(declared: Audited) -> str:
    """Claimed first; dead when the claim was refused, or when the claim that takes it back was approved."""
    rows = f" from {_new(declared)} r"
    made = _select(declared, "'I'", "r.created_at", is_live="true")
    dead = _select(declared, "'U'", "c.decided_at")
    return (
        f"{made}{rows} union all {dead}{rows} join ("  # two ways by equality: by "or" every cost would meet every claim
        " select reverses_id as claim_id, decided_at from public.reimbursements_reimbursementclaim where reverses_id is not null"
        " union all select id, decided_at from public.reimbursements_reimbursementclaim where status = 'REJECTED'"
        ") c on c.claim_id = r.claim_id where not r.is_live"
    )


_VERSIONS: dict[str, Callable[[Audited], str]] = {
    "plans_supportplan": _plans,
    "learners_learner": _opened(merged_into_id="null::uuid"),
    "learners_duplicatecandidate": _opened(
        status="'OPEN'",
        kept_id="null::uuid",
        decided_by_id="null::uuid",
        decided_at="null::timestamptz",
        decision_reason="''",
    ),
    "learners_enrolment": _enrolments,
    "transfers_transfer": _opened(
        status="'PROPOSED'",
        enters_enrolment_id="null::uuid",
        decided_by_id="null::uuid",
        decided_at="null::timestamptz",
        decision_reason="''",
    ),
    "training_trainingleader": _with_parent("training_trainingevent", "event_id", "p.created_at"),
    "transfers_transfershare": _with_parent("transfers_transfer", "transfer_id", "p.created_at"),
    "delivery_consultation": _consultations,
    "reimbursements_reimbursementclaim": _claims,
    "reimbursements_claimitem": _costs,
    "plans_application": _opened(withdrawn_on="null::date"),
    "plans_planauthor": _with_parent("plans_supportplan", "plan_id", "p.created_at"),
    "delivery_consultationsheet": _opened(closed_at="null::timestamptz"),
    "delivery_timesheet": _opened(
        status="'ENTERED'",
        head_approved_at="null::timestamptz",
        coordinator_approved_at="null::timestamptz",
        submission_id="null::uuid",
    ),
    "cooperation_cooperationteam": _opened(ends_on="null::date"),
    "cooperation_teammember": _opened(valid_to="null::date"),
    "cooperation_meeting": _opened(
        status="'SCHEDULED'", minutes_text="''", recorded_by_id="null::uuid", recorded_at="null::timestamptz"
    ),
    "cooperation_meetingattendance": _with_parent("cooperation_meeting", "meeting_id", "p.recorded_at"),
    "cooperation_meetingdecision": _opened(done_on="null::date"),
    "cooperation_feedbackrequest": _opened(answered_at="null::timestamptz", withdrawn_at="null::timestamptz"),
    "evaluation_earlywarning": _opened(
        status="'OPEN'", reason="''", deferred_until="null::date", decided_by_id="null::uuid", decided_at="null::timestamptz"
    ),
    "delivery_timesheetline": _with_parent("delivery_timesheet", "timesheet_id", "p.created_at"),
    "reimbursements_ledgerposting": _with_parent("reimbursements_ledgerentry", "entry_id", "p.recorded_at"),
}

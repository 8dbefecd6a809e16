"""Which writes change a plan's figures: statement triggers that note the plan, by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_EVENTS = {"insert": "new", "update": "old, new", "delete": "old"}


@dataclass(frozen=True)
class Watched:
    """A table, and how the plans are found that a changed row `r` belongs to."""

    table: str
    plans: str
    """The rest of a `select p.id, p.institution_id from <changed rows> r ...`."""
    events: tuple[str, ...] = ("insert", "update", "delete")
    where: str = ""
    """For updates: condition over `was` and `r`, the same row before and after; the others change no figure."""


_OF_PLAN = "join plans_supportplan p on p.id = r.plan_id"
_OF_MEASURE = "join plans_measure m on m.id = r.measure_id join plans_supportplan p on p.id = m.plan_id"

WATCHED = (
    Watched("plans_supportplan", ""),
    Watched("plans_riskassessment", _OF_PLAN),
    Watched("plans_measure", _OF_PLAN),
    Watched("delivery_consultation", _OF_MEASURE),
    Watched("reimbursements_reimbursementclaim", _OF_MEASURE),
    Watched(
        "reimbursements_ledgerposting",
        "join reimbursements_ledgerentry l on l.id = r.entry_id join reimbursements_paymentitem i on i.id = l.payment_id"
        " join reimbursements_reimbursementclaim k on k.id = i.claim_id join plans_measure m on m.id = k.measure_id"
        " join plans_supportplan p on p.id = m.plan_id",
        events=("insert",),
    ),
    Watched(
        "learners_enrolment",
        "join plans_supportplan p on p.enrolment_id = r.id",
        events=("update",),
        where="(was.programme_kind, was.stage) is distinct from (r.programme_kind, r.stage)",
    ),
    # Reference data that figures are reckoned by: edited a few times a year.
    Watched(
        "registry_deadline",
        "cross join plans_supportplan p where r.step = 'PLAN_SUBMIT'",
        where="(was.anchor, was.days, was.valid_from, was.valid_to)"
        " is distinct from (r.anchor, r.days, r.valid_from, r.valid_to)",
    ),
    Watched(
        "registry_riskfactor",
        "join plans_riskassessment a on a.risk_factor_id = r.id join plans_supportplan p on p.id = a.plan_id",
        events=("update",),
        where='(was.code, was."group") is distinct from (r.code, r."group")',
    ),
    Watched(
        "territory_semester",
        "join plans_supportplan p on p.semester_id = r.id",
        events=("update",),
        where="(was.starts_on, was.ends_on) is distinct from (r.starts_on, r.ends_on)",
    ),
    Watched(
        "territory_fundingsource",
        "join reimbursements_ledgerposting o on o.funding_source_id = r.id"
        " join reimbursements_ledgerentry l on l.id = o.entry_id join reimbursements_paymentitem i on i.id = l.payment_id"
        " join reimbursements_reimbursementclaim k on k.id = i.claim_id join plans_measure m on m.id = k.measure_id"
        " join plans_supportplan p on p.id = m.plan_id",
        events=("update",),
        where="was.code is distinct from r.code",
    ),
)


def triggers(watched: Watched, schema: str) -> Iterator[str]:
    """The functions and triggers of one table: one for each event, since a statement's rows are named by event."""
    for event in ("insert", "update", "delete"):
        name = f"figures_after_{event}"
        if event not in watched.events:
            yield f"drop trigger if exists {name} on public.{watched.table}"
            continue
        function = f"{schema}.touch_{watched.table}_{event}"
        yield (
            f"create or replace function {function}() returns trigger language plpgsql security definer"
            f" set search_path = public, pg_temp as $body$ begin {_noting(watched, event, schema)} return null; end $body$"
        )
        named = {"insert": "new table as now_rows", "delete": "old table as was_rows"}.get(
            event, "old table as was_rows new table as now_rows"
        )
        yield (
            f"create or replace trigger {name} after {event} on public.{watched.table} referencing {named}"
            f" for each statement execute function {function}()"
        )


def _noting(watched: Watched, event: str, schema: str) -> str:
    into = f"insert into {schema}.touched (plan_id, institution_id)"
    rows = {"insert": ["now_rows"], "delete": ["was_rows"]}.get(event, ["now_rows"])
    if watched.table == "plans_supportplan":
        return "".join(f"{into} select id, institution_id from {name};" for name in rows)
    before = f" join was_rows was on was.id = r.id and {watched.where}" if event == "update" and watched.where else ""
    if event == "update" and not watched.where:
        rows = ["(select * from now_rows union all select * from was_rows)"]
    return "".join(f"{into} select distinct p.id, p.institution_id from {name} r{before} {watched.plans};" for name in rows)

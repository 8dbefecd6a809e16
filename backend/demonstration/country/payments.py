"""Decisions on claims, what partners are paid, and the ledger. Derived from claims and months by the server.

Every approved claim and every submitted month of hours is booked; what is paid is paid in one batch a partner and month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import connection

from backend.cases.reimbursements.models import BatchStatus, PaymentBatch
from backend.demonstration.bank_files import file_hash
from backend.demonstration.country.drawing import HERE, TZ, key_after, key_at, run
from backend.demonstration.country.targets import AS_OF
from backend.registry.models import PartnerAccount

PAYMENTS = ("registry_partneraccount", "reimbursements_paymentbatch", "reimbursements_paymentitem")
LEDGER = ("reimbursements_claimdecision", "reimbursements_ledgerentry", "reimbursements_ledgerposting")
HOLDER = "paraugs: partneris %"
REFUSED, RETURNED = "Izmaksas nav saskaņotas ar plānu.", "AC04: konts slēgts"
_TOLD = f"(timestamp '{AS_OF}' at time zone {TZ})"
_CLAIMS = f"""(select c.*, t.agreement_id from reimbursements_reimbursementclaim c
    join registry_institutionparticipation t on t.institution_id = c.institution_id where c.institution_id in {HERE})"""

# An account each, of a bank that does not exist, with its check digits (letters count from 10: DEMOLV00).
_ACCOUNTS = f"""
insert into registry_partneraccount (id, version, created_at, updated_at, agreement_id, holder, iban, bic, valid_from)
select {key_at("a.signed_on", "'account' || a.id::text")}, 1, a.signed_on + time '09:00' at time zone {TZ},
    a.signed_on + time '09:00' at time zone {TZ}, a.id, 'paraugs: partneris ' || a.number,
    'LV' || lpad((98 - ('13142224' || a.digits || '213100')::numeric % 97)::text, 2, '0') || 'DEMO' || a.digits, '', a.signed_on
from (select g.*, lpad((uuid_hash_extended(id, 51) & 999999999999)::text, 13, '0') as digits
      from registry_cooperationagreement g) a
where not exists (select from registry_partneraccount o where o.agreement_id = a.id)
  and exists (select from registry_institutionparticipation t where t.agreement_id = a.id and t.institution_id in {HERE})
order by 1"""

_DECISIONS = f"""
insert into reimbursements_claimdecision (id, claim_id, institution_id, verdict, actor_id, at, reason)
select {key_after("c.id", "'decision'")}, c.id, c.institution_id,
    case c.status when 'REJECTED' then 'REJECTED' else 'APPROVED' end, h.user_id, c.decided_at,
    case c.status when 'REJECTED' then '{REFUSED}' else '' end
from {_CLAIMS} c join accounts_assignment h on h.institution_id = c.institution_id and h.role = 'institution_head'
where c.decided_at is not null order by c.id"""

_WORTH = f"""
select s.id as submission_id, sum(l.hours * f.rate) as amount
from delivery_monthsubmission s join delivery_timesheet t on t.submission_id = s.id
join delivery_timesheetline l on l.timesheet_id = t.id
join registry_tariff f on f.kind_code = l.specialist_role and f.institution_id is null and f.unit = 'HOUR'
    and f.valid_from <= s.month and (f.valid_to is null or f.valid_to >= s.month)
where s.institution_id in {HERE} group by 1"""
# A claim that waited more than forty days for its money was paid on the first payday after the decision too: that payment
# came back. Hours are paid on the first payday after the month was submitted, at the rates that held.
_DUE = f"""
with payday as (select distinct paid_at from {_CLAIMS} c where paid_at is not null),
due as (
    select {key_after("c.id", "'payment'")} as id, c.agreement_id, c.institution_id, c.id as claim_id,
        null::uuid as submission_id,
        c.amount, c.paid_at, null::timestamptz as returned_at
    from {_CLAIMS} c where c.status = 'PAID'
    union all
    select {key_after("c.id", "'returned'")}, c.agreement_id, c.institution_id, c.id, null, c.amount, f.paid_at,
        f.paid_at + interval '2 days'
    from {_CLAIMS} c cross join lateral (select min(y.paid_at) as paid_at from payday y where y.paid_at > c.decided_at) f
    where c.status = 'PAID' and c.paid_at - c.decided_at > interval '40 days' and f.paid_at < c.paid_at
    union all
    select {key_after("s.id", "'payment'")}, s.agreement_id, s.institution_id, null, s.id, h.amount, f.paid_at, null
    from delivery_monthsubmission s join ({_WORTH}) h on h.submission_id = s.id
    cross join lateral (select min(y.paid_at) as paid_at from payday y where y.paid_at > s.submitted_at) f
    where f.paid_at is not null
)
select *, {key_at("paid_at", "agreement_id::text")} as batch_id from due"""
# Read, and written by Python: each keeps the hash of the file that the bank would have got.
_BATCHES = f"""
with country_due as ({_DUE})
select d.batch_id, a.id, date_trunc('month', d.paid_at at time zone {TZ})::date,
    1 + (select coalesce(max(o.sequence), 0) from reimbursements_paymentbatch o where o.agreement_id = d.agreement_id
         and o.month = date_trunc('month', d.paid_at at time zone {TZ})::date),
    'DC' || to_char(d.paid_at at time zone {TZ}, 'YYYYMM') || substr(md5(d.agreement_id::text), 1, 20), d.total, d.paid_at,
    (select id from accounts_user where username = 'staff.dc.agency.team')
from (select batch_id, agreement_id, paid_at, sum(amount) as total from country_due group by 1, 2, 3) d
join registry_partneraccount a on a.agreement_id = d.agreement_id order by 1"""
_ITEMS = f"""
with country_due as ({_DUE})
insert into reimbursements_paymentitem (id, version, created_at, updated_at, batch_id, institution_id, claim_id, submission_id,
    amount, status, paid_at, returned_at, return_reason)
select d.id, case when d.returned_at is null then 2 else 3 end, d.paid_at - interval '26 hours',
    coalesce(d.returned_at, d.paid_at), d.batch_id, d.institution_id, d.claim_id, d.submission_id, d.amount,
    case when d.returned_at is null then 'PAID' else 'RETURNED' end, d.paid_at, d.returned_at,
    case when d.returned_at is null then '' else '{RETURNED}' end
from country_due d order by d.id"""


def load_payments() -> Iterator[int]:
    """Accounts, batches and their items."""
    yield run(_ACCOUNTS)
    yield _load_batches()
    yield run(_ITEMS)


def _load_batches() -> int:
    accounts = PartnerAccount.objects.select_related("agreement").in_bulk()
    with connection.cursor() as cursor:
        cursor.execute(_BATCHES)
        found = cursor.fetchall()
    batches = []
    for key, account, month, sequence, message_id, total, paid_at, by in found:
        batch = PaymentBatch(
            id=key,
            version=3,
            created_at=paid_at - dt.timedelta(hours=26),
            updated_at=paid_at,
            agreement=accounts[account].agreement,
            account=accounts[account],
            month=month,
            sequence=sequence,
            message_id=message_id,
            total=total,
            status=BatchStatus.PAID,
            prepared_by_id=by,
            sent_at=paid_at - dt.timedelta(hours=3),
            paid_at=paid_at,
        )
        batch.file_sha256 = file_hash(batch)
        batches.append(batch)
    return len(PaymentBatch.objects.bulk_create(batches, batch_size=1000))


# -- the ledger -------------------------------------------------------------------------------------------------------
_ENTRY = """
insert into reimbursements_ledgerentry (id, institution_id, agreement_id, kind, booked_on, recorded_at, claim_id, submission_id,
    payment_id, reverses_id)"""


def _entries(kind: str, rows: str, *, of: str, at: str, claim: str = "null", month: str = "null", paid: str = "null",
             reverses: str = "null::uuid") -> str:  # fmt: skip
    """Entries of one kind: `of` is the key of what caused them, `at` when."""
    return f"""{_ENTRY}
select {key_after(of, f"'{kind}'")}, r.institution_id, r.agreement_id, '{kind}', ({at} at time zone {TZ})::date, {at},
    {claim}, {month}, {paid}, {reverses}
from {rows} order by {of}"""


_APPROVED = _entries(
    "CLAIM_APPROVED",
    f"{_CLAIMS} r where r.status in ('APPROVED', 'PAID') and r.amount > 0",
    of="r.id",
    at="r.decided_at",
    claim="r.id",
)
_REVERSED = _entries(
    "REVERSAL",
    f"{_CLAIMS} r where r.amount < 0",
    of="r.id",
    at="r.decided_at",
    claim="r.id",
    reverses=key_after("r.reverses_id", "'CLAIM_APPROVED'"),
)
_HOURS = _entries(
    "HOURS_APPROVED", f"delivery_monthsubmission r where r.institution_id in {HERE}", of="r.id", at="r.submitted_at", month="r.id"
)
_PAYMENTS = f"""(select i.*, b.agreement_id from reimbursements_paymentitem i
    join reimbursements_paymentbatch b on b.id = i.batch_id
    where i.institution_id in {HERE})"""
_PAID = _entries("PAYMENT", f"{_PAYMENTS} r", of="r.id", at="r.paid_at", claim="r.claim_id", month="r.submission_id", paid="r.id")
_CAME_BACK = _entries(
    "PAYMENT_RETURNED",
    f"{_PAYMENTS} r where r.returned_at is not null",
    of="r.id",
    at="r.returned_at",
    claim="r.claim_id",
    month="r.submission_id",
    paid="r.id",
)
# (debit, credit): cost against what is owed to the partner, then that against the settlement account.
_ACCOUNTS_OF = """(values
    ('CLAIM_APPROVED', true, '5100', '2100'), ('HOURS_APPROVED', false, '5200', '2200'), ('REVERSAL', true, '2100', '5100'),
    ('PAYMENT', true, '2100', '1900'), ('PAYMENT', false, '2200', '1900'),
    ('PAYMENT_RETURNED', true, '1900', '2100'), ('PAYMENT_RETURNED', false, '1900', '2200')
) as a (kind, of_claim, debit, credit)"""
_POSTINGS = f"""
insert into reimbursements_ledgerposting (id, entry_id, institution_id, line, account_id, debit, credit)
select {key_after("e.id", "side.line::text")}, e.id, e.institution_id, side.line, k.id,
    case when side.line = 1 then e.amount else 0 end, case when side.line = 2 then e.amount else 0 end
from (select n.*, coalesce(i.amount, abs(c.amount), w.amount) as amount
      from reimbursements_ledgerentry n
      left join reimbursements_paymentitem i on i.id = n.payment_id
      left join reimbursements_reimbursementclaim c on c.id = n.claim_id
      left join ({_WORTH}) w on w.submission_id = n.submission_id
      where n.institution_id in {HERE}) e
join {_ACCOUNTS_OF} on a.kind = e.kind and a.of_claim = (e.claim_id is not null)
cross join (values (1), (2)) as side (line)
join registry_ledgeraccount k on k.code = case when side.line = 1 then a.debit else a.credit end
order by e.id, side.line"""


def load_ledger() -> Iterator[int]:
    """Decisions, entries and their postings."""
    # Nothing is known yet of tables that were empty a moment ago, and only their owner may analyse them: without this the
    # planner joins them row by row.
    run("set local enable_nestloop = off")
    yield run(_DECISIONS)
    for statement in (_APPROVED, _REVERSED, _HOURS, _PAID, _CAME_BACK):
        yield run(statement)
    yield run(_POSTINGS)
    run("set local enable_nestloop = on")

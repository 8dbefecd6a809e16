"""Owners of what stands around a claim; entries balance, batches add up; a cost lives as long as its claim."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

# Deferred: an entry and its postings are written one after the other and must balance when they are committed. As the
# owner, because the balance must hold over postings out of the writer's sight too.
BALANCED = """
create function reimbursements_entry_balances() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wanted uuid;
begin
    if tg_table_name = 'reimbursements_ledgerentry' then
        wanted := new.id;
    elsif tg_op = 'DELETE' then
        wanted := old.entry_id;
    else
        wanted := new.entry_id;
    end if;
    if exists (select 1 from reimbursements_ledgerentry e where e.id = wanted) and not exists (
        select 1 from reimbursements_ledgerposting p where p.entry_id = wanted having count(*) >= 2 and sum(p.debit) = sum(p.credit)
    ) then
        raise exception 'The postings of a ledger entry do not balance.'
            using errcode = 'check_violation', constraint = 'ledger_entry_balances', table = 'reimbursements_ledgerentry';
    end if;
    return null;
end $$;
create constraint trigger ledger_entry_balances after insert on reimbursements_ledgerentry
    deferrable initially deferred for each row execute function reimbursements_entry_balances();
create constraint trigger ledger_postings_balance after insert or update or delete on reimbursements_ledgerposting
    deferrable initially deferred for each row execute function reimbursements_entry_balances();

create function reimbursements_batch_adds_up() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wanted uuid;
begin
    if tg_table_name = 'reimbursements_paymentbatch' then
        wanted := new.id;
    elsif tg_op = 'DELETE' then
        wanted := old.batch_id;
    else
        wanted := new.batch_id;
    end if;
    if exists (
        select 1 from reimbursements_paymentbatch b
        where b.id = wanted
          and b.total <> (select coalesce(sum(i.amount), 0) from reimbursements_paymentitem i where i.batch_id = b.id)
    ) then
        raise exception 'The items of a payment batch do not add up to its total.'
            using errcode = 'check_violation', constraint = 'batch_adds_up', table = 'reimbursements_paymentbatch';
    end if;
    return null;
end $$;
create constraint trigger batch_adds_up after insert or update of total on reimbursements_paymentbatch
    deferrable initially deferred for each row execute function reimbursements_batch_adds_up();
create constraint trigger batch_items_add_up after insert or update of amount, batch_id or delete on reimbursements_paymentitem
    deferrable initially deferred for each row execute function reimbursements_batch_adds_up();
"""
BALANCED_NO_MORE = """
drop trigger batch_items_add_up on reimbursements_paymentitem;
drop trigger batch_adds_up on reimbursements_paymentbatch;
drop function reimbursements_batch_adds_up();
drop trigger ledger_postings_balance on reimbursements_ledgerposting;
drop trigger ledger_entry_balances on reimbursements_ledgerentry;
drop function reimbursements_entry_balances();
"""

# The index over live fingerprints spans the country, so whether a cost lives is the database's to say.
LIVING = """
create function reimbursements_costs_live() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update reimbursements_claimitem i set is_live = s.lives
    from (
        select c.id, c.status <> 'REJECTED' and not exists (
            select 1 from reimbursements_reimbursementclaim r
            where r.reverses_id = c.id and r.status in ('APPROVED', 'PAID') and r.amount = -c.amount
        ) as lives
        from reimbursements_reimbursementclaim c where c.id in (new.id, new.reverses_id)
    ) s
    where i.claim_id = s.id and i.is_live <> s.lives;
    return null;
end $$;
create trigger costs_live_with_claim after insert or update of status, amount on reimbursements_reimbursementclaim
    for each row when (new.reverses_id is not null or new.status = 'REJECTED') execute function reimbursements_costs_live();
create trigger costs_live_again after update of status on reimbursements_reimbursementclaim
    for each row when (old.status = 'REJECTED' and new.status <> 'REJECTED') execute function reimbursements_costs_live();
"""
LIVING_NO_MORE = """
drop trigger costs_live_again on reimbursements_reimbursementclaim;
drop trigger costs_live_with_claim on reimbursements_reimbursementclaim;
drop function reimbursements_costs_live();
"""


def owned(table: str, column: str, references: str, name: str) -> CompositeForeignKey:
    """The row that `column` names is of the same institution."""
    return CompositeForeignKey(
        table=f"reimbursements_{table}",
        columns=[column, "institution_id"],
        references=references,
        to_columns=["id", "institution_id"],
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reimbursements", "0004_items_payments_ledger"),
        ("casefiles", "0001_initial"),
        ("delivery", "0005_sheets_and_timesheets"),
        ("registry", "0002_partners_staff_rules"),
    ]
    operations = [
        CompositeForeignKey(
            table="reimbursements_claimitem",
            columns=["claim_id", "learner_id", "institution_id"],
            references="reimbursements_reimbursementclaim",
            to_columns=["id", "learner_id", "institution_id"],
            name="claim_item_of_claim",
        ),
        owned("claimitem", "proof_id", "casefiles_casefile", "claim_item_proof_owner"),
        owned("claimdecision", "claim_id", "reimbursements_reimbursementclaim", "claim_decision_owner"),
        owned("paymentitem", "claim_id", "reimbursements_reimbursementclaim", "payment_claim_owner"),
        owned("paymentitem", "submission_id", "delivery_monthsubmission", "payment_submission_owner"),
        CompositeForeignKey(
            table="reimbursements_paymentbatch",
            columns=["account_id", "agreement_id"],
            references="registry_partneraccount",
            to_columns=["id", "agreement_id"],
            name="batch_account_of_partner",
        ),
        owned("ledgerentry", "claim_id", "reimbursements_reimbursementclaim", "ledger_claim_owner"),
        owned("ledgerentry", "submission_id", "delivery_monthsubmission", "ledger_submission_owner"),
        owned("ledgerentry", "payment_id", "reimbursements_paymentitem", "ledger_payment_owner"),
        owned("ledgerentry", "reverses_id", "reimbursements_ledgerentry", "ledger_reverses_own"),
        owned("ledgerposting", "entry_id", "reimbursements_ledgerentry", "posting_owner"),
        migrations.RunSQL(BALANCED, BALANCED_NO_MORE),
        migrations.RunSQL(LIVING, LIVING_NO_MORE),
    ]

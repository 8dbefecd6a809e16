"""A claim is taken back in parts, within its amount; a payment deducts what was taken back."""

import django.db.models.deletion
from django.db import migrations, models

# Immediate, with the claim locked: two reversals at once are added up one after the other. As the owner, because a reversal
# counts whoever sees it.
WITHIN = """
create function reimbursements_reversed_within() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    whole numeric;
    taken numeric;
begin
    if new.reverses_id is null or new.status = 'REJECTED' then
        return null;
    end if;
    select c.amount into whole from reimbursements_reimbursementclaim c where c.id = new.reverses_id for update;
    select coalesce(sum(r.amount), 0) into taken from reimbursements_reimbursementclaim r
    where r.reverses_id = new.reverses_id and r.status <> 'REJECTED';
    if whole + taken < 0 then
        raise exception 'More of a claim would be taken back than was claimed.'
            using errcode = 'check_violation', constraint = 'claim_reversed_within', table = 'reimbursements_reimbursementclaim';
    end if;
    return null;
end $$;
create trigger claim_reversed_within after insert or update of status, amount, reverses_id on reimbursements_reimbursementclaim
    for each row when (new.reverses_id is not null) execute function reimbursements_reversed_within();
"""
WITHIN_NO_MORE = """
drop trigger claim_reversed_within on reimbursements_reimbursementclaim;
drop function reimbursements_reversed_within();
"""
_LIVING = """
create or replace function reimbursements_costs_live() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update reimbursements_claimitem i set is_live = s.lives
    from (
        select c.id, c.status <> 'REJECTED' and %s as lives
        from reimbursements_reimbursementclaim c where c.id in (new.id, new.reverses_id)
    ) s
    where i.claim_id = s.id and i.is_live <> s.lives;
    return null;
end $$;
"""
# A cost is free to be claimed anew once all of its claim was taken back, in however many parts.
LIVING = _LIVING % """c.amount + (
            select coalesce(sum(r.amount), 0) from reimbursements_reimbursementclaim r
            where r.reverses_id = c.id and r.status in ('APPROVED', 'PAID')
        ) <> 0"""
LIVING_BEFORE = _LIVING % """not exists (
            select 1 from reimbursements_reimbursementclaim r
            where r.reverses_id = c.id and r.status in ('APPROVED', 'PAID') and r.amount = -c.amount
        )"""


class Migration(migrations.Migration):
    dependencies = [
        ("reimbursements", "0005_balanced"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="reimbursementclaim", name="claim_reversed_once"),
        migrations.AddField(
            model_name="reimbursementclaim",
            name="approvals_needed",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddConstraint(
            model_name="reimbursementclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(("approvals_needed__range", (1, 3))), name="claim_approvals_needed"
            ),
        ),
        migrations.RemoveConstraint(model_name="paymentitem", name="payment_positive"),
        migrations.AddConstraint(
            model_name="paymentitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0), models.Q(("amount__lt", 0), ("claim__isnull", False)), _connector="OR"
                ),
                name="payment_of_something",
            ),
        ),
        migrations.AddField(
            model_name="paymentbatch",
            name="bank_reference",
            field=models.CharField(blank=True, db_default="", max_length=35),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="reverses",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="reimbursements.ledgerentry",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "REVERSAL")), fields=("claim",), name="ledger_claim_reversal_once"
            ),
        ),
        migrations.RunSQL(WITHIN, WITHIN_NO_MORE),
        migrations.RunSQL(LIVING, LIVING_BEFORE),
    ]

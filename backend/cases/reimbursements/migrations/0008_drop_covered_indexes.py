"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("reimbursements", "0007_claim_on_its_way"),
    ]

    operations = [
        DropCoveredIndex("claimdecision", "claim", "reimbursements_claimdecision_claim_id_5958277c"),
        DropCoveredIndex("claimitem", "claim", "reimbursements_claimitem_claim_id_0fe01137"),
        DropCoveredIndex("ledgerentry", "institution", "reimbursements_ledgerentry_institution_id_a7131af3"),
        DropCoveredIndex("ledgerposting", "entry", "reimbursements_ledgerposting_entry_id_f977d476"),
        DropCoveredIndex("paymentbatch", "agreement", "reimbursements_paymentbatch_agreement_id_1fece82e"),
        DropCoveredIndex("paymentitem", "institution", "reimbursements_paymentitem_institution_id_b4aed753"),
        DropCoveredIndex("reimbursementclaim", "institution", "reimbursements_reimbursementclaim_institution_id_b32130e3"),
        DropCoveredIndex("reimbursementclaim", "measure", "reimbursements_reimbursementclaim_measure_id_45595b1f"),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "reimbursements_ledgerposting_entry_id_f977d476": "reimbursements_ledgerposting (entry_id)",
    "reimbursements_ledgerentry_institution_id_a7131af3": "reimbursements_ledgerentry (institution_id)",
    "reimbursements_paymentitem_institution_id_b4aed753": "reimbursements_paymentitem (institution_id)",
    "reimbursements_reimbursementclaim_institution_id_b32130e3": "reimbursements_reimbursementclaim (institution_id)",
    "reimbursements_reimbursementclaim_measure_id_45595b1f": "reimbursements_reimbursementclaim (measure_id)",
    "reimbursements_claimdecision_claim_id_5958277c": "reimbursements_claimdecision (claim_id)",
    "reimbursements_claimitem_claim_id_0fe01137": "reimbursements_claimitem (claim_id)",
    "reimbursements_paymentbatch_agreement_id_1fece82e": "reimbursements_paymentbatch (agreement_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0010_drop_covered_indexes"),
        ("registry", "0008_drop_covered_indexes"),
        ("reimbursements", "0007_claim_on_its_way"),
        ("territory", "0006_drop_covered_indexes"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=[f"drop index if exists {name}" for name in INDEXES],
                    reverse_sql=[f"create index {name} on {columns}" for name, columns in INDEXES.items()],
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="claimdecision",
                    name="claim",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="reimbursements.reimbursementclaim"
                    ),
                ),
                migrations.AlterField(
                    model_name="claimitem",
                    name="claim",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="items", to="reimbursements.reimbursementclaim"
                    ),
                ),
                migrations.AlterField(
                    model_name="ledgerentry",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="ledgerposting",
                    name="entry",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="reimbursements.ledgerentry"
                    ),
                ),
                migrations.AlterField(
                    model_name="paymentbatch",
                    name="agreement",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="registry.cooperationagreement"
                    ),
                ),
                migrations.AlterField(
                    model_name="paymentitem",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="reimbursementclaim",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="reimbursementclaim",
                    name="measure",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="plans.measure"),
                ),
            ],
        ),
    ]

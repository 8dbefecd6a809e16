from django.db import migrations

from backend.core.database.composite import CompositeForeignKey


class Migration(migrations.Migration):
    dependencies = [("reimbursements", "0001_initial"), ("plans", "0002_owners_and_periods")]
    operations = [
        # Learner, institution and kind are the measure's; a reversal takes back a claim of the same measure.
        CompositeForeignKey(
            table="reimbursements_reimbursementclaim",
            columns=["measure_id", "learner_id", "institution_id", "kind"],
            references="plans_measure",
            to_columns=["id", "learner_id", "institution_id", "kind_code"],
            name="claim_of_measure",
        ),
        CompositeForeignKey(
            table="reimbursements_reimbursementclaim",
            columns=["reverses_id", "measure_id"],
            references="reimbursements_reimbursementclaim",
            to_columns=["id", "measure_id"],
            name="claim_reverses_same_measure",
        ),
    ]

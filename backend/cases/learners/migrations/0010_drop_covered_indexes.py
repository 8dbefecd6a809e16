"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "learners_enrolment_institution_id_e2560b2b": "learners_enrolment (institution_id)",
    "learners_duplicatecandidate_second_id_024b1f44": "learners_duplicatecandidate (second_id)",
    "learners_duplicatecandidate_first_id_6d51d238": "learners_duplicatecandidate (first_id)",
    "learners_mergedrow_candidate_id_eddce5ce": "learners_mergedrow (candidate_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0009_merging"),
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
                    model_name="duplicatecandidate",
                    name="first",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learners.learner"),
                ),
                migrations.AlterField(
                    model_name="duplicatecandidate",
                    name="second",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learners.learner"),
                ),
                migrations.AlterField(
                    model_name="enrolment",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="mergedrow",
                    name="candidate",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="moved", to="learners.duplicatecandidate"
                    ),
                ),
            ],
        ),
    ]

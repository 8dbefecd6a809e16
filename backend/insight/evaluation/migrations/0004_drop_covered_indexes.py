"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "evaluation_learnerindicator_learner_id_3c35a9db": "evaluation_learnerindicator (learner_id)",
    "evaluation_learnerindicator_institution_id_4828ff92": "evaluation_learnerindicator (institution_id)",
    "evaluation_earlywarning_indicator_id_b31ed92b": "evaluation_earlywarning (indicator_id)",
    "evaluation_earlywarning_institution_id_37ae85de": "evaluation_earlywarning (institution_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0003_studies_are_run_and_published"),
        ("learners", "0010_drop_covered_indexes"),
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
                    model_name="earlywarning",
                    name="indicator",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="warnings", to="evaluation.learnerindicator"
                    ),
                ),
                migrations.AlterField(
                    model_name="earlywarning",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="learnerindicator",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="learnerindicator",
                    name="learner",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learners.learner"),
                ),
            ],
        ),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "statistics_publishedfigure_indicator_id_cd9d7c1b": "statistics_publishedfigure (indicator_id)",
    "statistics_releasetable_release_id_dfff1de2": "statistics_releasetable (release_id)",
    "statistics_reportsnapshot_semester_id_1358b1b8": "statistics_reportsnapshot (semester_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("statistics", "0007_builder_mode"),
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
                    model_name="publishedfigure",
                    name="indicator",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="statistics.indicator"),
                ),
                migrations.AlterField(
                    model_name="releasetable",
                    name="release",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="tables", to="statistics.release"),
                ),
                migrations.AlterField(
                    model_name="reportsnapshot",
                    name="semester",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="snapshots", to="territory.semester"),
                ),
            ],
        ),
        migrations.RemoveIndex(model_name="reportsnapshot", name="snapshot_by_semester"),
    ]

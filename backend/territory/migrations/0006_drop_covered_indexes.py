"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "territory_institution_municipality_id_3b25a53e": "territory_institution (municipality_id)",
    "territory_programmeterm_programme_id_99f0d233": "territory_programmeterm (programme_id)",
    "territory_budgetrevision_programme_id_aeeb5e0d": "territory_budgetrevision (programme_id)",
    "territory_fundingsource_programme_id_3475c5f9": "territory_fundingsource (programme_id)",
    "territory_budgetshare_revision_id_bcababdc": "territory_budgetshare (revision_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0005_target_group_version"),
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
                    model_name="budgetrevision",
                    name="programme",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="budget_revisions", to="territory.programme"
                    ),
                ),
                migrations.AlterField(
                    model_name="budgetshare",
                    name="revision",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="territory.budgetrevision"),
                ),
                migrations.AlterField(
                    model_name="fundingsource",
                    name="programme",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="funding_sources", to="territory.programme"
                    ),
                ),
                migrations.AlterField(
                    model_name="institution",
                    name="municipality",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="institutions", to="territory.municipality"
                    ),
                ),
                migrations.AlterField(
                    model_name="programmeterm",
                    name="programme",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="territory.programme"),
                ),
            ],
        ),
    ]

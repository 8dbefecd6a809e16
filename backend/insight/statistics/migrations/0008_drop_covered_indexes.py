"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("statistics", "0007_builder_mode"),
    ]

    operations = [
        DropCoveredIndex("publishedfigure", "indicator", "statistics_publishedfigure_indicator_id_cd9d7c1b"),
        DropCoveredIndex("releasetable", "release", "statistics_releasetable_release_id_dfff1de2"),
        DropCoveredIndex("reportsnapshot", "semester", "statistics_reportsnapshot_semester_id_1358b1b8"),
        migrations.RemoveIndex(model_name="reportsnapshot", name="snapshot_by_semester"),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
import modelcluster.fields
from django.db import migrations

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "editing_bundlepage_bundle_id_c21fa6db": "editing_bundlepage (bundle_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("editing", "0001_second_editor"),
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
                    model_name="bundlepage",
                    name="bundle",
                    field=modelcluster.fields.ParentalKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="items", to="editing.bundle"
                    ),
                ),
            ],
        ),
    ]

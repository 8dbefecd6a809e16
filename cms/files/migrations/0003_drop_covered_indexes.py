"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "files_siterendition_image_id_a584b36b": "files_siterendition (image_id)",
    "files_downloadcount_document_id_4468610a": "files_downloadcount (document_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_sitedocument_preview_sitedocument_preview_hash_and_more"),
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
                    model_name="downloadcount",
                    name="document",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="downloads", to="files.sitedocument"),
                ),
                migrations.AlterField(
                    model_name="siterendition",
                    name="image",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="renditions", to="files.siteimage"),
                ),
            ],
        ),
    ]

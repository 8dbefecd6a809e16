"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "transfers_transfershare_transfer_id_0a27aa0e": "transfers_transfershare (transfer_id)",
    "transfers_transfer_institution_id_1d04115c": "transfers_transfer (institution_id)",
    "transfers_transfer_to_institution_id_e708a109": "transfers_transfer (to_institution_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0006_drop_covered_indexes"),
        ("transfers", "0002_between_two"),
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
                    model_name="transfer",
                    name="institution",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="transfers_out", to="territory.institution"
                    ),
                ),
                migrations.AlterField(
                    model_name="transfer",
                    name="to_institution",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="transfers_in", to="territory.institution"
                    ),
                ),
                migrations.AlterField(
                    model_name="transfershare",
                    name="transfer",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="transfers.transfer"),
                ),
            ],
        ),
    ]

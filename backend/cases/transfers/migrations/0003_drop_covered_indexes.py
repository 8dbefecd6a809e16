"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0002_between_two"),
    ]

    operations = [
        DropCoveredIndex("transfer", "institution", "transfers_transfer_institution_id_1d04115c"),
        DropCoveredIndex("transfer", "to_institution", "transfers_transfer_to_institution_id_e708a109"),
        DropCoveredIndex("transfershare", "transfer", "transfers_transfershare_transfer_id_0a27aa0e"),
    ]

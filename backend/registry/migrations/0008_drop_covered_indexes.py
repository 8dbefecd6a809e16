"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_lists_stay"),
    ]

    operations = [
        DropCoveredIndex("staffcontract", "institution", "registry_staffcontract_institution_id_e2b4497b"),
    ]

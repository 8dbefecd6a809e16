"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("editing", "0001_second_editor"),
    ]

    operations = [
        DropCoveredIndex("bundlepage", "bundle", "editing_bundlepage_bundle_id_c21fa6db"),
    ]

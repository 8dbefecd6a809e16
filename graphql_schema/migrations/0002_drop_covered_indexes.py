"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("graphql_schema", "0001_registered_document"),
    ]

    operations = [
        DropCoveredIndex("registereddocument", "app", "graphql_schema_registereddocument_app_id_c33b6a16"),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0003_accesslogentry_historyentry"),
    ]

    operations = [
        DropCoveredIndex("rightsrequest", "institution", "privacy_rightsrequest_institution_id_2ccd1aeb"),
    ]

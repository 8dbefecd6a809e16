"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("casefiles", "0002_what_a_file_is"),
    ]

    operations = [
        DropCoveredIndex("casefile", "institution", "casefiles_casefile_institution_id_9fa12437"),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0005_target_group_version"),
    ]

    operations = [
        DropCoveredIndex("budgetrevision", "programme", "territory_budgetrevision_programme_id_aeeb5e0d"),
        DropCoveredIndex("budgetshare", "revision", "territory_budgetshare_revision_id_bcababdc"),
        DropCoveredIndex("fundingsource", "programme", "territory_fundingsource_programme_id_3475c5f9"),
        DropCoveredIndex("institution", "municipality", "territory_institution_municipality_id_3b25a53e"),
        DropCoveredIndex("programmeterm", "programme", "territory_programmeterm_programme_id_99f0d233"),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_user_in_order"),
    ]

    operations = [
        DropCoveredIndex("assignment", "user", "accounts_assignment_user_id_5a8ad746"),
    ]

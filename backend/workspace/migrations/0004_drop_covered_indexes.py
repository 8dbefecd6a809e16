"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0003_workitem"),
    ]

    operations = [
        DropCoveredIndex("message", "recipient", "workspace_message_recipient_id_855674fb"),
    ]

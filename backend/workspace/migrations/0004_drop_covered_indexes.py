"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "workspace_message_recipient_id_855674fb": "workspace_message (recipient_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0003_workitem"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                    model_name="message",
                    name="recipient",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="messages", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]

"""A semester is closed and reopened: each change names the version it is based on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territory", "0003_money_adds_up")]
    operations = [
        migrations.AddField(
            model_name="semester",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        )
    ]

"""Whom the programme covers is changed by versions: the change names the version it is based on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territory", "0004_semester_version")]
    operations = [
        migrations.AddField(
            model_name="targetgroup",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        )
    ]

"""A participation is ended: the change names the version it is based on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_versions_stay")]
    operations = [
        migrations.AddField(
            model_name="institutionparticipation",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        )
    ]

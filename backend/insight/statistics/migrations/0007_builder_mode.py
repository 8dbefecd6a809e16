"""How the table builder answers outside the caller's reach is data too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statistics", "0006_frozen_evidence")]
    operations = [
        migrations.AddField(
            model_name="releaseprofile",
            name="builder_mode",
            field=models.CharField(
                choices=[("CELL_KEY", "noise by cell key"), ("ROUNDING", "rounding to a base")],
                db_default="CELL_KEY",
                default="CELL_KEY",
                max_length=20,
            ),
        ),
    ]

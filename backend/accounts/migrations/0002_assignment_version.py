"""An assignment is ended: the change names the version it is based on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="assignment",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        )
    ]

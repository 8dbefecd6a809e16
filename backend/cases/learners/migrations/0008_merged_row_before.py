"""What a moved row held instead, where a shared enrolment took the place of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learners", "0007_same_code_is_noted")]
    operations = [
        migrations.AddField(model_name="mergedrow", name="before", field=models.JSONField(blank=True, null=True)),
    ]

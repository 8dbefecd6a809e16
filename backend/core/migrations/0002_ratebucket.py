from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0001_extensions")]

    operations = [
        migrations.CreateModel(
            name="RateBucket",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("available", models.FloatField()),
                ("refilled_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["refilled_at"], name="rate_bucket_by_age")]},
        ),
        migrations.RunSQL("alter table core_ratebucket set unlogged", "alter table core_ratebucket set logged"),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("base", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteGeneration",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=1, editable=False)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_generation")],
            },
        ),
        migrations.RunSQL("insert into base_sitegeneration (id, number) values (1, 1)", "delete from base_sitegeneration"),
    ]

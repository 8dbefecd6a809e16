"""Teams are listed by name in the Latvian order."""

from django.db import migrations, models

from backend.core.database.sort_keys import fill_sort_keys
from backend.core.text import SortKeyField


def fill(apps, schema_editor):  # type: ignore[no-untyped-def]
    """The keys of the rows that stand."""
    fill_sort_keys(apps.get_model("cooperation", "CooperationTeam"), name=lambda team: team.name)


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0002_owners_and_scales")]
    operations = [
        migrations.AddField(
            model_name="cooperationteam",
            name="sort_key",
            field=SortKeyField(db_collation="C", db_default="", editable=False, max_length=512),
        ),
        migrations.AddIndex(
            model_name="cooperationteam",
            index=models.Index(fields=["sort_key", "id"], name="team_in_order"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

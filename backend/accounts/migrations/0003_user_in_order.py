"""People are listed by family name, then given name, in the Latvian order."""

from django.db import migrations, models

from backend.core.database.sort_keys import fill_sort_keys
from backend.core.text import SortKeyField


def fill(apps, schema_editor):  # type: ignore[no-untyped-def]
    """The keys of the rows that stand."""
    fill_sort_keys(apps.get_model("accounts", "User"), name=lambda user: f"{user.last_name} {user.first_name}".strip() or user.username)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_assignment_version")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="sort_key",
            field=SortKeyField(db_collation="C", db_default="", editable=False, max_length=512),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["sort_key", "id"], name="user_in_order"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

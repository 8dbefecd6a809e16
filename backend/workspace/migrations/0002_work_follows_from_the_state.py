"""What waits is derived from the state of things (docs/decisions/0118-what-waits-is-derived.md): the table goes.

Its history stays in the trail and stays provable. The model that takes its name has no table.
"""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workspace", "0001_initial")]

    operations: ClassVar = [
        migrations.DeleteModel(name="WorkItem"),
    ]

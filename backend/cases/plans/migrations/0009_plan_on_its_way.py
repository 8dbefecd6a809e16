"""Plans on somebody's desk are found without reading those that have ended."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built beside the work that goes on
    dependencies = [("plans", "0008_plan_remark")]
    operations = [
        AddIndexConcurrently(
            model_name="supportplan",
            index=models.Index(
                fields=["status"],
                name="plan_on_its_way",
                condition=~models.Q(status__in=["CLOSED", "INTERRUPTED"]),
            ),
        ),
    ]

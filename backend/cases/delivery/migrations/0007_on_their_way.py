"""Hours without a confirmation and timesheets that are not locked are found without reading the others."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built beside the work that goes on
    dependencies = [("delivery", "0006_owners_and_guards")]
    operations = [
        AddIndexConcurrently(
            model_name="consultation",
            index=models.Index(
                fields=["institution", "held_on"],
                name="consultation_unconfirmed",
                condition=models.Q(voided_at=None) & (models.Q(provider_confirmed_at=None) | models.Q(learner_confirmed_at=None)),
            ),
        ),
        AddIndexConcurrently(
            model_name="timesheet",
            index=models.Index(
                fields=["status", "month"],
                name="timesheet_on_its_way",
                condition=~models.Q(status="LOCKED"),
            ),
        ),
    ]

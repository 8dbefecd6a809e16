"""Claims to decide on and to pay are found without reading those that are settled."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built beside the work that goes on
    dependencies = [("reimbursements", "0006_taken_back_in_parts")]
    operations = [
        AddIndexConcurrently(
            model_name="reimbursementclaim",
            index=models.Index(
                fields=["status"],
                name="claim_on_its_way",
                condition=models.Q(status__in=["CLAIMED", "APPROVED"]),
            ),
        ),
    ]

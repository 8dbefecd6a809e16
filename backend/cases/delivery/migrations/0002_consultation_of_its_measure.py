from django.db import migrations

from backend.core.database.composite import CompositeForeignKey


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial"), ("plans", "0002_owners_and_periods")]
    operations = [
        # Learner, institution and specialist are the measure's.
        CompositeForeignKey(
            table="delivery_consultation",
            columns=["measure_id", "learner_id", "institution_id", "specialist_role"],
            references="plans_measure",
            to_columns=["id", "learner_id", "institution_id", "kind_code"],
            name="consultation_of_measure",
        ),
    ]

"""The application that a plan stands on is of the plan's own learner, institution and semester."""

from django.db import migrations, models

from backend.core.database.composite import CompositeForeignKey


class Migration(migrations.Migration):
    dependencies = [("plans", "0006_steps_in_a_role")]
    operations = [
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(fields=('id', 'learner', 'institution', 'semester'), name='application_reference'),
        ),
        CompositeForeignKey(
            table="plans_supportplan",
            columns=["application_id", "learner_id", "institution_id", "semester_id"],
            references="plans_application",
            to_columns=["id", "learner_id", "institution_id", "semester_id"],
            name="plan_application_of_learner",
        ),
    ]

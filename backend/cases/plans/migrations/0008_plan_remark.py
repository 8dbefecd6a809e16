"""Comments on single parts of a plan, each with the step that it was made with."""

import backend.core.identifiers
import django.db.models.deletion
from django.db import migrations, models

from backend.core.database.composite import CompositeForeignKey


class Migration(migrations.Migration):
    dependencies = [("plans", "0007_application_of_plan"), ("territory", "0004_semester_version")]
    operations = [
        migrations.AddConstraint(
            model_name="planstep",
            constraint=models.UniqueConstraint(fields=("id", "plan", "institution"), name="step_reference"),
        ),
        migrations.CreateModel(
            name="PlanRemark",
            fields=[
                (
                    "id",
                    models.UUIDField(default=backend.core.identifiers.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("subject_tag", models.CharField(blank=True, max_length=10)),
                ("subject_key", models.UUIDField(blank=True, null=True)),
                ("text", models.TextField()),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="plans.supportplan"
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="plans.planstep"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("step", "position"), name="plan_remark_place"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject_key__isnull", True), ("subject_tag", "")),
                            models.Q(models.Q(("subject_tag", ""), _negated=True), ("subject_key__isnull", False)),
                            _connector="OR",
                        ),
                        name="plan_remark_subject",
                    ),
                ],
            },
        ),
        CompositeForeignKey(
            table="plans_planremark",
            columns=["step_id", "plan_id", "institution_id"],
            references="plans_planstep",
            to_columns=["id", "plan_id", "institution_id"],
            name="plan_remark_owner",
        ),
    ]

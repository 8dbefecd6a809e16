"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "plans_planstep_plan_id_516902a8": "plans_planstep (plan_id)",
    "plans_riskassessment_plan_id_8f579d11": "plans_riskassessment (plan_id)",
    "plans_measure_institution_id_fea30908": "plans_measure (institution_id)",
    "plans_planoutcome_plan_id_4ed21cee": "plans_planoutcome (plan_id)",
    "plans_application_institution_id_ae0e41a7": "plans_application (institution_id)",
    "plans_supportplan_learner_id_df75ed35": "plans_supportplan (learner_id)",
    "plans_supportplan_institution_id_11e23e73": "plans_supportplan (institution_id)",
    "plans_planauthor_plan_id_09fd3080": "plans_planauthor (plan_id)",
    "plans_restrictednote_institution_id_81abc1e8": "plans_restrictednote (institution_id)",
    "plans_planremark_step_id_21230931": "plans_planremark (step_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0010_drop_covered_indexes"),
        ("plans", "0009_plan_on_its_way"),
        ("territory", "0006_drop_covered_indexes"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=[f"drop index if exists {name}" for name in INDEXES],
                    reverse_sql=[f"create index {name} on {columns}" for name, columns in INDEXES.items()],
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="application",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="measure",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="planauthor",
                    name="plan",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="co_authors", to="plans.supportplan"),
                ),
                migrations.AlterField(
                    model_name="planoutcome",
                    name="plan",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="outcomes", to="plans.supportplan"),
                ),
                migrations.AlterField(
                    model_name="planremark",
                    name="step",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="plans.planstep"),
                ),
                migrations.AlterField(
                    model_name="planstep",
                    name="plan",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="plans.supportplan"),
                ),
                migrations.AlterField(
                    model_name="restrictednote",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="riskassessment",
                    name="plan",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="risks", to="plans.supportplan"),
                ),
                migrations.AlterField(
                    model_name="supportplan",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="supportplan",
                    name="learner",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="learners.learner"),
                ),
            ],
        ),
    ]

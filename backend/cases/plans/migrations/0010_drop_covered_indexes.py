"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0009_plan_on_its_way"),
    ]

    operations = [
        DropCoveredIndex("application", "institution", "plans_application_institution_id_ae0e41a7"),
        DropCoveredIndex("measure", "institution", "plans_measure_institution_id_fea30908"),
        DropCoveredIndex("planauthor", "plan", "plans_planauthor_plan_id_09fd3080"),
        DropCoveredIndex("planoutcome", "plan", "plans_planoutcome_plan_id_4ed21cee"),
        DropCoveredIndex("planremark", "step", "plans_planremark_step_id_21230931"),
        DropCoveredIndex("planstep", "plan", "plans_planstep_plan_id_516902a8"),
        DropCoveredIndex("restrictednote", "institution", "plans_restrictednote_institution_id_81abc1e8"),
        DropCoveredIndex("riskassessment", "plan", "plans_riskassessment_plan_id_8f579d11"),
        DropCoveredIndex("supportplan", "institution", "plans_supportplan_institution_id_11e23e73"),
        DropCoveredIndex("supportplan", "learner", "plans_supportplan_learner_id_df75ed35"),
    ]

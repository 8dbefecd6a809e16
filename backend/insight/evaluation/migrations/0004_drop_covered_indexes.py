"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0003_studies_are_run_and_published"),
    ]

    operations = [
        DropCoveredIndex("earlywarning", "indicator", "evaluation_earlywarning_indicator_id_b31ed92b"),
        DropCoveredIndex("earlywarning", "institution", "evaluation_earlywarning_institution_id_37ae85de"),
        DropCoveredIndex("learnerindicator", "institution", "evaluation_learnerindicator_institution_id_4828ff92"),
        DropCoveredIndex("learnerindicator", "learner", "evaluation_learnerindicator_learner_id_3c35a9db"),
    ]

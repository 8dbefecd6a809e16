"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "training_trainingregistration_institution_id_2aebf818": "training_trainingregistration (institution_id)",
    "training_trainingregistration_participant_id_560fd0de": "training_trainingregistration (participant_id)",
    "training_trainingleader_event_id_55d2553e": "training_trainingleader (event_id)",
    "training_trainingevent_institution_id_e1a6cdeb": "training_trainingevent (institution_id)",
    "training_trainingleader_leader_id_2d63e32d": "training_trainingleader (leader_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0006_drop_covered_indexes"),
        ("training", "0004_event_in_order"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                    model_name="trainingevent",
                    name="institution",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training_events",
                        to="territory.institution",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingleader",
                    name="event",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="leaders", to="training.trainingevent"),
                ),
                migrations.AlterField(
                    model_name="trainingleader",
                    name="leader",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="led_trainings", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingregistration",
                    name="institution",
                    field=models.ForeignKey(
                        blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingregistration",
                    name="participant",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="training_registrations", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]

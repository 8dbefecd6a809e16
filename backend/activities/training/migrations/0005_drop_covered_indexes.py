"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0004_event_in_order"),
    ]

    operations = [
        DropCoveredIndex("trainingevent", "institution", "training_trainingevent_institution_id_e1a6cdeb"),
        DropCoveredIndex("trainingleader", "event", "training_trainingleader_event_id_55d2553e"),
        DropCoveredIndex("trainingleader", "leader", "training_trainingleader_leader_id_2d63e32d"),
        DropCoveredIndex("trainingregistration", "institution", "training_trainingregistration_institution_id_2aebf818"),
        DropCoveredIndex("trainingregistration", "participant", "training_trainingregistration_participant_id_560fd0de"),
    ]

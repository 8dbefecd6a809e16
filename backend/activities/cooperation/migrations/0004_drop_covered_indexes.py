"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "cooperation_feedbackanswer_institution_id_c110f72a": "cooperation_feedbackanswer (institution_id)",
    "cooperation_feedbackanswer_request_id_1d8b8913": "cooperation_feedbackanswer (request_id)",
    "cooperation_feedbackrequest_institution_id_aebcac95": "cooperation_feedbackrequest (institution_id)",
    "cooperation_meetingattendance_meeting_id_556bc411": "cooperation_meetingattendance (meeting_id)",
    "cooperation_teammember_user_id_0e2d9e17": "cooperation_teammember (user_id)",
    "cooperation_meeting_institution_id_12d58122": "cooperation_meeting (institution_id)",
    "cooperation_meetingdecision_institution_id_a617e69e": "cooperation_meetingdecision (institution_id)",
    "cooperation_teamshare_institution_id_9bdc2d46": "cooperation_teamshare (institution_id)",
    "cooperation_cooperationteam_institution_id_0399eeda": "cooperation_cooperationteam (institution_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("cooperation", "0003_team_in_order"),
        ("territory", "0006_drop_covered_indexes"),
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
                    model_name="cooperationteam",
                    name="institution",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="cooperation_teams", to="territory.institution"
                    ),
                ),
                migrations.AlterField(
                    model_name="feedbackanswer",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="feedbackanswer",
                    name="request",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="cooperation.feedbackrequest"
                    ),
                ),
                migrations.AlterField(
                    model_name="feedbackrequest",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="meeting",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="meetingattendance",
                    name="meeting",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="attendance", to="cooperation.meeting"),
                ),
                migrations.AlterField(
                    model_name="meetingdecision",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="teammember",
                    name="user",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="team_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="teamshare",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
            ],
        ),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("cooperation", "0003_team_in_order"),
    ]

    operations = [
        DropCoveredIndex("cooperationteam", "institution", "cooperation_cooperationteam_institution_id_0399eeda"),
        DropCoveredIndex("feedbackanswer", "institution", "cooperation_feedbackanswer_institution_id_c110f72a"),
        DropCoveredIndex("feedbackanswer", "request", "cooperation_feedbackanswer_request_id_1d8b8913"),
        DropCoveredIndex("feedbackrequest", "institution", "cooperation_feedbackrequest_institution_id_aebcac95"),
        DropCoveredIndex("meeting", "institution", "cooperation_meeting_institution_id_12d58122"),
        DropCoveredIndex("meetingattendance", "meeting", "cooperation_meetingattendance_meeting_id_556bc411"),
        DropCoveredIndex("meetingdecision", "institution", "cooperation_meetingdecision_institution_id_a617e69e"),
        DropCoveredIndex("teammember", "user", "cooperation_teammember_user_id_0e2d9e17"),
        DropCoveredIndex("teamshare", "institution", "cooperation_teamshare_institution_id_9bdc2d46"),
    ]

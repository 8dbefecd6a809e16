"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "initiatives_projectscore_scoring_id_70d4840b": "initiatives_projectscore (scoring_id)",
    "initiatives_projectscore_project_id_074c7a7a": "initiatives_projectscore (project_id)",
    "initiatives_projectstep_project_id_09d43db2": "initiatives_projectstep (project_id)",
    "initiatives_callcriterion_call_id_aa0f8ca0": "initiatives_callcriterion (call_id)",
    "initiatives_projectscorer_project_id_50e15b41": "initiatives_projectscorer (project_id)",
    "initiatives_projectscorer_scorer_id_a30e8f53": "initiatives_projectscorer (scorer_id)",
    "initiatives_initiativeproject_municipality_id_ae9eaff9": "initiatives_initiativeproject (municipality_id)",
    "initiatives_initiativeproject_organisation_id_bd5b611f": "initiatives_initiativeproject (organisation_id)",
    "initiatives_initiativecall_municipality_id_5f6b0fa8": "initiatives_initiativecall (municipality_id)",
    "initiatives_initiativecall_programme_id_67eb6368": "initiatives_initiativecall (programme_id)",
    "initiatives_projectparticipant_institution_id_19b745ff": "initiatives_projectparticipant (institution_id)",
    "initiatives_projectparticipant_project_id_85eec674": "initiatives_projectparticipant (project_id)",
    "initiatives_organisationmember_user_id_44f1094a": "initiatives_organisationmember (user_id)",
    "initiatives_youthorganisation_municipality_id_9d903fee": "initiatives_youthorganisation (municipality_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0003_number_of_participants"),
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
                    model_name="callcriterion",
                    name="call",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="criteria", to="initiatives.initiativecall"
                    ),
                ),
                migrations.AlterField(
                    model_name="initiativecall",
                    name="municipality",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="initiative_calls", to="territory.municipality"
                    ),
                ),
                migrations.AlterField(
                    model_name="initiativecall",
                    name="programme",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="initiative_calls", to="territory.programme"
                    ),
                ),
                migrations.AlterField(
                    model_name="initiativeproject",
                    name="municipality",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.municipality"),
                ),
                migrations.AlterField(
                    model_name="initiativeproject",
                    name="organisation",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="projects", to="initiatives.youthorganisation"
                    ),
                ),
                migrations.AlterField(
                    model_name="organisationmember",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="organisation_memberships", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AlterField(
                    model_name="projectparticipant",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="projectparticipant",
                    name="project",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="participants", to="initiatives.initiativeproject"
                    ),
                ),
                migrations.AlterField(
                    model_name="projectscore",
                    name="project",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="initiatives.initiativeproject"
                    ),
                ),
                migrations.AlterField(
                    model_name="projectscore",
                    name="scoring",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="initiatives.projectscorer"),
                ),
                migrations.AlterField(
                    model_name="projectscorer",
                    name="project",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="scorers", to="initiatives.initiativeproject"
                    ),
                ),
                migrations.AlterField(
                    model_name="projectscorer",
                    name="scorer",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="scored_projects", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AlterField(
                    model_name="projectstep",
                    name="project",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="initiatives.initiativeproject"
                    ),
                ),
                migrations.AlterField(
                    model_name="youthorganisation",
                    name="municipality",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="youth_organisations", to="territory.municipality"
                    ),
                ),
            ],
        ),
    ]

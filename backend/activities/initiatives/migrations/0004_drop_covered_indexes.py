"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0003_number_of_participants"),
    ]

    operations = [
        DropCoveredIndex("callcriterion", "call", "initiatives_callcriterion_call_id_aa0f8ca0"),
        DropCoveredIndex("initiativecall", "municipality", "initiatives_initiativecall_municipality_id_5f6b0fa8"),
        DropCoveredIndex("initiativecall", "programme", "initiatives_initiativecall_programme_id_67eb6368"),
        DropCoveredIndex("initiativeproject", "municipality", "initiatives_initiativeproject_municipality_id_ae9eaff9"),
        DropCoveredIndex("initiativeproject", "organisation", "initiatives_initiativeproject_organisation_id_bd5b611f"),
        DropCoveredIndex("organisationmember", "user", "initiatives_organisationmember_user_id_44f1094a"),
        DropCoveredIndex("projectparticipant", "institution", "initiatives_projectparticipant_institution_id_19b745ff"),
        DropCoveredIndex("projectparticipant", "project", "initiatives_projectparticipant_project_id_85eec674"),
        DropCoveredIndex("projectscore", "project", "initiatives_projectscore_project_id_074c7a7a"),
        DropCoveredIndex("projectscore", "scoring", "initiatives_projectscore_scoring_id_70d4840b"),
        DropCoveredIndex("projectscorer", "project", "initiatives_projectscorer_project_id_50e15b41"),
        DropCoveredIndex("projectscorer", "scorer", "initiatives_projectscorer_scorer_id_a30e8f53"),
        DropCoveredIndex("projectstep", "project", "initiatives_projectstep_project_id_09d43db2"),
        DropCoveredIndex("youthorganisation", "municipality", "initiatives_youthorganisation_municipality_id_9d903fee"),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0009_merging"),
    ]

    operations = [
        DropCoveredIndex("duplicatecandidate", "first", "learners_duplicatecandidate_first_id_6d51d238"),
        DropCoveredIndex("duplicatecandidate", "second", "learners_duplicatecandidate_second_id_024b1f44"),
        DropCoveredIndex("enrolment", "institution", "learners_enrolment_institution_id_e2560b2b"),
        DropCoveredIndex("mergedrow", "candidate", "learners_mergedrow_candidate_id_eddce5ce"),
    ]

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey


class Migration(migrations.Migration):
    dependencies = [("learners", "0001_initial"), ("territory", "0001_initial")]
    operations = [
        CompositeForeignKey(
            table="learners_enrolment",
            columns=["structural_unit_id", "institution_id"],
            references="territory_structuralunit",
            to_columns=["id", "institution_id"],
            name="enrolment_unit_of_institution",
        ),
    ]

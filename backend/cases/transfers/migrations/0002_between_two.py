"""The enrolments of a transfer are its learner's on each side; its sides never change."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

SIDES_STAY = """
create trigger transfer_owner_stays before update of institution_id, to_institution_id on transfers_transfer for each row
    when ((old.institution_id, old.to_institution_id) is distinct from (new.institution_id, new.to_institution_id))
    execute function core_owner_stays();
"""


def enrolment(column: str, side: str, name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        table="transfers_transfer",
        columns=[column, "learner_id", side],
        references="learners_enrolment",
        to_columns=["id", "learner_id", "institution_id"],
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_initial"), ("learners", "0004_who_may_change")]
    operations = [
        enrolment("leaves_enrolment_id", "institution_id", "transfer_enrolment_left"),
        enrolment("enters_enrolment_id", "to_institution_id", "transfer_enrolment_entered"),
        CompositeForeignKey(
            table="transfers_transfershare",
            columns=["transfer_id", "institution_id", "to_institution_id"],
            references="transfers_transfer",
            to_columns=["id", "institution_id", "to_institution_id"],
            name="transfer_share_owner",
        ),
        migrations.RunSQL(SIDES_STAY, "drop trigger transfer_owner_stays on transfers_transfer"),
    ]

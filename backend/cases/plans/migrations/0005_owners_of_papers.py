"""What hangs on a plan belongs to the plan's institution; an application's institution never changes."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

OWNER_STAYS = """
create trigger application_owner_stays before update of institution_id on plans_application for each row
    when (old.institution_id is distinct from new.institution_id)
    execute function core_owner_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_papers_and_outcomes"), ("learners", "0004_who_may_change"), ("casefiles", "0001_initial")]
    operations = [
        *(
            CompositeForeignKey(
                table=f"plans_{table}",
                columns=["plan_id", "institution_id"],
                references="plans_supportplan",
                to_columns=["id", "institution_id"],
                name=f"{name}_owner",
            )
            for table, name in (("planauthor", "plan_author"), ("planoutcome", "outcome"))
        ),
        CompositeForeignKey(
            table="plans_supportplan",
            columns=["carried_from_id", "learner_id", "institution_id"],
            references="plans_supportplan",
            to_columns=["id", "learner_id", "institution_id"],
            name="plan_carried_from_own",
        ),
        CompositeForeignKey(
            table="plans_application",
            columns=["file_id", "institution_id"],
            references="casefiles_casefile",
            to_columns=["id", "institution_id"],
            name="application_file_owner",
        ),
        migrations.RunSQL(OWNER_STAYS, "drop trigger application_owner_stays on plans_application"),
    ]

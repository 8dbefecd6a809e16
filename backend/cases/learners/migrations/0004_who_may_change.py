"""Who may change a learner, and that an owner stays the owner."""

from django.db import migrations

# Runs as the tables' owner: whether a learner is enrolled somewhere must be known of enrolments out of sight too. The answer
# reaches nobody but the policy that asks.
EVER_ENROLLED = """
create function learners_ever_enrolled(wanted uuid) returns boolean
    language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from learners_enrolment where learner_id = wanted)
$$;
"""

# Row security cannot compare a row with what it was: an update could hand a row to another institution.
OWNER_STAYS = """
create function core_owner_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'The owning institution of a row never changes.' using errcode = 'check_violation', constraint = 'owner_stays';
end $$;
create trigger learner_owner_stays before update of registering_institution_id on learners_learner for each row
    when (old.registering_institution_id is distinct from new.registering_institution_id) execute function core_owner_stays();
create trigger enrolment_owner_stays before update of institution_id on learners_enrolment for each row
    when (old.institution_id is distinct from new.institution_id) execute function core_owner_stays();
"""
OWNER_MOVES = """
drop trigger enrolment_owner_stays on learners_enrolment;
drop trigger learner_owner_stays on learners_learner;
drop function core_owner_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("learners", "0003_learner_in_sight")]
    operations = [
        migrations.RunSQL(EVER_ENROLLED, "drop function learners_ever_enrolled(uuid)"),
        migrations.RunSQL(OWNER_STAYS, OWNER_MOVES),
    ]

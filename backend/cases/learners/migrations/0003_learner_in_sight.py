"""What an enrolment's policy asks: whether the caller sees the learner.

A policy that selects from the other table directly makes the two policies refer to each other, which PostgreSQL refuses
("infinite recursion detected in policy"). Inside a function the question is asked when the row is checked, under the
caller's own policies.
"""

from django.db import migrations

CREATE = """
create function learners_in_sight(wanted uuid) returns boolean
    language plpgsql stable security invoker set search_path = public, pg_temp as $$
begin
    return exists (select 1 from learners_learner where id = wanted);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("learners", "0002_unit_of_the_institution")]
    operations = [migrations.RunSQL(CREATE, "drop function learners_in_sight(uuid)")]

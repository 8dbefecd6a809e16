"""How many take part in a project: its organisation sees numbers, never the learners' names (decision 0065)."""

from django.db import migrations

# Runs as the tables' owner: places lie in the institutions' scopes. It tells a number and nobody's name.
PARTICIPANTS = """
create function initiatives_participants(wanted uuid) returns integer
    language sql stable security definer set search_path = public, pg_temp as $$
    select count(*)::integer from initiatives_projectparticipant p where p.project_id = wanted
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0002_owners_and_order")]
    operations = [migrations.RunSQL(PARTICIPANTS, "drop function initiatives_participants(uuid)")]

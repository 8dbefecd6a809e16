"""How many places an event has left: everybody may know, though nobody sees all who are registered."""

from django.db import migrations

# Runs as the tables' owner: registrations out of the caller's sight take places too. It tells a number and nobody's name.
FREE_PLACES = """
create function training_free_places(wanted uuid) returns integer
    language sql stable security definer set search_path = public, pg_temp as $$
    select greatest(e.capacity - (
        select count(*) from training_trainingregistration r where r.event_id = e.id and r.status = 'REGISTERED'
    ), 0)::integer
    from training_trainingevent e where e.id = wanted
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0002_places_and_terms")]
    operations = [migrations.RunSQL(FREE_PLACES, "drop function training_free_places(uuid)")]

"""Problems belong to their import's institution; who asked sees what hangs on it."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

# As owner: the policies of children must not ask their parents' policies again for every row.
FUNCTIONS = """
create function exchange_imports_of_mine() returns uuid[]
    language sql stable security definer set search_path = public, pg_temp as $$
select coalesce(array_agg(i.id), '{}') from exchange_dataimport i
where i.requested_by_id = nullif(current_setting('app.principal', true), '')::uuid
$$;
create function exchange_webhooks_of_mine() returns uuid[]
    language sql stable security definer set search_path = public, pg_temp as $$
select coalesce(array_agg(w.id), '{}') from exchange_webhook w
where w.owner_id = nullif(current_setting('app.principal', true), '')::uuid
$$;
"""
GONE = """
drop function exchange_webhooks_of_mine();
drop function exchange_imports_of_mine();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [
        CompositeForeignKey(
            table="exchange_importproblem",
            columns=["import_id", "institution_id"],
            references="exchange_dataimport",
            to_columns=["id", "institution_id"],
            name="import_problem_owner",
        ),
        migrations.RunSQL(FUNCTIONS, GONE),
    ]

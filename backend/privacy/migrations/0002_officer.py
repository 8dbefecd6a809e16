"""Who is a data protection officer: row security asks, because the officer has no institutions in scope.

As owner, by the caller's own key and day, as the erasing function asks (docs/decisions/0033-who-erases.md).
"""

from django.db import migrations

CREATE = """
create function privacy_is_officer() returns boolean
    language sql stable security definer set search_path = public, pg_temp as $$
select exists (
    select 1 from accounts_assignment a
    where a.user_id = nullif(current_setting('app.principal', true), '')::uuid and a.role = 'data_protection_officer'
      and a.valid_from <= nullif(current_setting('app.on', true), '')::date
      and (a.valid_to is null or a.valid_to >= nullif(current_setting('app.on', true), '')::date))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "drop function privacy_is_officer();")]

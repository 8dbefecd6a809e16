"""What was released cannot change, nor can its tables."""

from django.db import migrations

FREEZE = """
create function statistics_release_is_frozen() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    raise exception 'What was released cannot change.'
        using errcode = 'check_violation', constraint = 'release_is_frozen', table = tg_table_name;
end $$;
create trigger release_is_frozen before update or delete on statistics_release
    for each row when (old.released_at is not null) execute function statistics_release_is_frozen();

create function statistics_release_table_is_frozen() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select 1 from statistics_release r
        where r.released_at is not null
          and ((tg_op <> 'INSERT' and r.id = old.release_id) or (tg_op <> 'DELETE' and r.id = new.release_id))
    ) then
        raise exception 'What was released cannot change.'
            using errcode = 'check_violation', constraint = 'release_is_frozen', table = tg_table_name;
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger release_table_is_frozen before insert or update or delete on statistics_releasetable
    for each row execute function statistics_release_table_is_frozen();
"""
GONE = """
drop trigger release_table_is_frozen on statistics_releasetable;
drop function statistics_release_table_is_frozen();
drop trigger release_is_frozen on statistics_release;
drop function statistics_release_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("statistics", "0002_snapshots_and_releases")]
    operations = [migrations.RunSQL(FREEZE, GONE)]

"""The exact figures behind a released table cannot change either."""

from django.db import migrations

FREEZE = """
create function statistics_release_evidence_is_frozen() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select 1 from statistics_release r join statistics_releasetable t on t.release_id = r.id
        where r.released_at is not null
          and ((tg_op <> 'INSERT' and t.id = old.table_id) or (tg_op <> 'DELETE' and t.id = new.table_id))
    ) then
        raise exception 'What was released cannot change.'
            using errcode = 'check_violation', constraint = 'release_is_frozen', table = tg_table_name;
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger release_evidence_is_frozen before insert or update or delete on statistics_releaseevidence
    for each row execute function statistics_release_evidence_is_frozen();
"""
GONE = """
drop trigger release_evidence_is_frozen on statistics_releaseevidence;
drop function statistics_release_evidence_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("statistics", "0005_release_protection")]
    operations = [migrations.RunSQL(FREEZE, GONE)]

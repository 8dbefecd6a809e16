"""A version of a reference list says what it said: only its last day changes, and never for days of a closed semester."""

from django.db import migrations

_LISTS = (
    "registry_riskfactor",
    "registry_measurekind",
    "registry_position",
    "registry_outcometheme",
    "registry_interruptionground",
    "registry_deadline",
    "registry_approvaltier",
    "registry_incompatibleroles",
    "territory_targetgroup",
)
# For `app`: reference lists are brought up to date by the owner and the loader. After the row, so that what a version may not
# say at all is told first. The day from which a change counts is a new version's first day, or the day after the earlier of
# the old last day and the new one.
FUNCTION = """
create function registry_version_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    counts_from date;
begin
    if current_user <> 'app' then
        return null;
    end if;
    if tg_op = 'DELETE' or tg_op = 'UPDATE'
        and to_jsonb(old) - 'valid_to' - 'version' is distinct from to_jsonb(new) - 'valid_to' - 'version'
    then
        raise exception 'A version of a reference list changes its last day only.'
            using errcode = 'check_violation', constraint = 'reference_version_stays', table = tg_table_name;
    end if;
    if tg_op = 'INSERT' then
        counts_from := new.valid_from;
    elsif old.valid_to is distinct from new.valid_to then
        counts_from := least(old.valid_to, new.valid_to) + 1;
    end if;
    if exists (select from territory_semester s where s.closed_at is not null and s.plan_period_ends_on >= counts_from) then
        raise exception 'Reference lists of a closed semester do not change.'
            using errcode = 'check_violation', constraint = 'reference_semester_closed', table = tg_table_name;
    end if;
    return null;
end $$;
"""
TRIGGER = """
create trigger reference_version_stays after insert or update or delete on {table}
    for each row execute function registry_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_versions_of_lists"), ("territory", "0005_target_group_version")]
    operations = [
        migrations.RunSQL(FUNCTION, "drop function registry_version_stays();"),
        *(
            migrations.RunSQL(TRIGGER.format(table=table), f"drop trigger reference_version_stays on {table};")
            for table in _LISTS
        ),
    ]

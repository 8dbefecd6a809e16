"""A version of a tariff says what it said: only its last day changes. A contract stays with its institution."""

from django.db import migrations

# For `app`: reference lists are brought up to date by the owner and the loader.
VERSIONS_STAY = """
create function registry_tariff_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'app' then
        raise exception 'A version of a tariff changes its last day only.'
            using errcode = 'check_violation', constraint = 'tariff_version_stays', table = 'registry_tariff';
    end if;
    return new;
end $$;
create trigger tariff_version_stays before update on registry_tariff for each row
    when ((old.programme_id, old.institution_id, old.category, old.kind_code, old.unit, old.rate, old.cap, old.cap_period, old.valid_from)
        is distinct from
        (new.programme_id, new.institution_id, new.category, new.kind_code, new.unit, new.rate, new.cap, new.cap_period, new.valid_from))
    execute function registry_tariff_stays();
"""
VERSIONS_MOVE = """
drop trigger tariff_version_stays on registry_tariff;
drop function registry_tariff_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_partners_staff_rules")]
    operations = [migrations.RunSQL(VERSIONS_STAY, VERSIONS_MOVE)]

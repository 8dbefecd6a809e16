"""The database numbers events, whoever writes them."""

from django.db import migrations

NUMBER = """
create sequence outbox_event_number;
create function outbox_number() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    new.number := nextval('outbox_event_number');
    return new;
end $$;
create trigger outbox_number before insert on outbox_outboxevent for each row execute function outbox_number();
"""
GONE = """
drop trigger outbox_number on outbox_outboxevent;
drop function outbox_number();
drop sequence outbox_event_number;
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [migrations.RunSQL(NUMBER, GONE)]

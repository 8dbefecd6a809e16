"""An event keeps to the term of its kind, and holds no more people than it has places for."""

from django.db import migrations

# The event's row is locked while places are counted, so two who register at once cannot both take the last one.
RULES = """
create function training_event_within_term() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select 1 from training_trainingterm t
        where t.kind = new.kind and t.valid_from <= (new.starts_at at time zone 'Europe/Riga')::date
          and (t.valid_to is null or t.valid_to >= (new.starts_at at time zone 'Europe/Riga')::date)
          and (new.capacity > t.max_participants or new.credited_minutes <> t.minutes)
    ) then
        raise exception 'The event does not keep to the term of its kind.'
            using errcode = 'check_violation', constraint = 'training_event_within_term', table = 'training_trainingevent';
    end if;
    return new;
end $$;
create trigger training_event_within_term before insert or update of kind, capacity, credited_minutes, starts_at
    on training_trainingevent for each row execute function training_event_within_term();

create function training_places_left() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    places integer;
    taken integer;
begin
    select capacity into places from training_trainingevent where id = new.event_id for update;
    select count(*) into taken from training_trainingregistration
    where event_id = new.event_id and status = 'REGISTERED' and id <> new.id;
    if taken >= places then
        raise exception 'The event is full.'
            using errcode = 'check_violation', constraint = 'training_event_full', table = 'training_trainingregistration';
    end if;
    return new;
end $$;
create trigger training_places_left before insert or update of status, event_id on training_trainingregistration
    for each row when (new.status = 'REGISTERED') execute function training_places_left();

create function training_capacity_holds() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.capacity < (
        select count(*) from training_trainingregistration where event_id = new.id and status = 'REGISTERED'
    ) then
        raise exception 'More people are registered than that.'
            using errcode = 'check_violation', constraint = 'training_event_full', table = 'training_trainingevent';
    end if;
    return new;
end $$;
create trigger training_capacity_holds before update of capacity on training_trainingevent
    for each row when (new.capacity < old.capacity) execute function training_capacity_holds();

create function training_led_by_me() returns uuid[]
    language sql stable security definer set search_path = public, pg_temp as $$
select coalesce(array_agg(l.event_id), '{}') from training_trainingleader l
where l.leader_id = nullif(current_setting('app.principal', true), '')::uuid
$$;
"""
GONE = """
drop function training_led_by_me();
drop trigger training_capacity_holds on training_trainingevent;
drop function training_capacity_holds();
drop trigger training_places_left on training_trainingregistration;
drop function training_places_left();
drop trigger training_event_within_term on training_trainingevent;
drop function training_event_within_term();
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]
    operations = [migrations.RunSQL(RULES, GONE)]

"""Owners of what stands around an hour; what a confirmed hour says stays; a submitted month is closed; hours add up."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

# Rules of case work bind `app`; the eraser (as owner) blanks words, and the loader writes in its own order.
GUARDS = """
create function delivery_consultation_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'app' then
        raise exception 'A confirmed consultation is corrected, not changed.'
            using errcode = 'check_violation', constraint = 'consultation_stays_as_confirmed', table = 'delivery_consultation';
    end if;
    return coalesce(new, old);
end $$;
create trigger consultation_stays_as_confirmed before update on delivery_consultation for each row
    when (old.provider_confirmed_at is not null
        and (old.measure_id, old.learner_id, old.institution_id, old.specialist_role, old.provider_id, old.held_on, old.starts_at,
            old.topic, old.channel, old.group_key, old.remote_order_id, old.remote_channel, old.corrects_id)
        is distinct from
        (new.measure_id, new.learner_id, new.institution_id, new.specialist_role, new.provider_id, new.held_on, new.starts_at,
            new.topic, new.channel, new.group_key, new.remote_order_id, new.remote_channel, new.corrects_id))
    execute function delivery_consultation_stays();
create trigger consultation_stays_voided before update on delivery_consultation for each row
    when (old.voided_at is not null and new.voided_at is distinct from old.voided_at)
    execute function delivery_consultation_stays();
create trigger consultation_stays before delete on delivery_consultation for each row
    when (old.provider_confirmed_at is not null) execute function delivery_consultation_stays();

create function delivery_corrects_a_voided_one() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (select 1 from delivery_consultation c where c.id = new.corrects_id and c.voided_at is not null) then
        raise exception 'A correction stands for an entry that was struck out.'
            using errcode = 'check_violation', constraint = 'consultation_corrects_a_voided_one', table = 'delivery_consultation';
    end if;
    return null;
end $$;
create constraint trigger consultation_corrects_a_voided_one after insert or update of corrects_id on delivery_consultation
    deferrable initially deferred for each row when (new.corrects_id is not null)
    execute function delivery_corrects_a_voided_one();

create function delivery_month_is_open() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'app' and exists (
        select 1 from (select distinct institution_id, held_on - (extract(day from held_on)::integer - 1) as month from changed) c
        join delivery_monthsubmission s on s.institution_id = c.institution_id and s.month = c.month and s.reopened_at is null
    ) then
        raise exception 'The month was submitted.'
            using errcode = 'check_violation', constraint = 'consultation_month_is_open', table = 'delivery_consultation';
    end if;
    return null;
end $$;
create trigger consultation_month_is_open after insert on delivery_consultation
    referencing new table as changed for each statement execute function delivery_month_is_open();
create trigger month_is_open_for_changed after update on delivery_consultation
    referencing new table as changed for each statement execute function delivery_month_is_open();
create trigger month_is_open_for_moved after update on delivery_consultation
    referencing old table as changed for each statement execute function delivery_month_is_open();
create trigger month_is_open_for_removed after delete on delivery_consultation
    referencing old table as changed for each statement execute function delivery_month_is_open();

create function delivery_timesheet_is_entered() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    wanted uuid;
begin
    wanted := case when tg_op = 'DELETE' then old.timesheet_id else new.timesheet_id end;
    if current_user = 'app' and exists (select 1 from delivery_timesheet t where t.id = wanted and t.status <> 'ENTERED') then
        raise exception 'The timesheet was approved: both withdraw before it changes.'
            using errcode = 'check_violation', constraint = 'timesheet_is_entered', table = 'delivery_timesheetline';
    end if;
    return coalesce(new, old);
end $$;
create trigger timesheet_is_entered before insert or update or delete on delivery_timesheetline
    for each row execute function delivery_timesheet_is_entered();
"""
GUARDS_GONE = """
drop trigger timesheet_is_entered on delivery_timesheetline;
drop function delivery_timesheet_is_entered();
drop trigger month_is_open_for_removed on delivery_consultation;
drop trigger month_is_open_for_moved on delivery_consultation;
drop trigger month_is_open_for_changed on delivery_consultation;
drop trigger consultation_month_is_open on delivery_consultation;
drop function delivery_month_is_open();
drop trigger consultation_corrects_a_voided_one on delivery_consultation;
drop function delivery_corrects_a_voided_one();
drop trigger consultation_stays on delivery_consultation;
drop trigger consultation_stays_voided on delivery_consultation;
drop trigger consultation_stays_as_confirmed on delivery_consultation;
drop function delivery_consultation_stays();
"""

ADDS_UP = """
create function delivery_days_total(days smallint[]) returns bigint
    language sql immutable strict parallel safe as 'select coalesce(sum(d), 0) from unnest(days) d';
alter table delivery_timesheetline add constraint timesheet_line_adds_up
    check (cardinality(hours_by_day) = 31 and hours = delivery_days_total(hours_by_day));

create function delivery_timesheet_adds_up() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wanted uuid;
begin
    if tg_table_name = 'delivery_timesheet' then
        wanted := new.id;
    elsif tg_op = 'DELETE' then
        wanted := old.timesheet_id;
    else
        wanted := new.timesheet_id;
    end if;
    if exists (
        select 1 from delivery_timesheet t
        where t.id = wanted
          and t.hours <> (select coalesce(sum(l.hours), 0) from delivery_timesheetline l where l.timesheet_id = t.id)
    ) then
        raise exception 'The hours of a timesheet are not those of its lines.'
            using errcode = 'check_violation', constraint = 'timesheet_adds_up', table = 'delivery_timesheet';
    end if;
    return null;
end $$;
create constraint trigger timesheet_adds_up after insert or update of hours on delivery_timesheet
    deferrable initially deferred for each row execute function delivery_timesheet_adds_up();
create constraint trigger timesheet_lines_add_up after insert or update or delete on delivery_timesheetline
    deferrable initially deferred for each row execute function delivery_timesheet_adds_up();
"""
ADDS_UP_NO_MORE = """
drop trigger timesheet_lines_add_up on delivery_timesheetline;
drop trigger timesheet_adds_up on delivery_timesheet;
drop function delivery_timesheet_adds_up();
alter table delivery_timesheetline drop constraint timesheet_line_adds_up;
drop function delivery_days_total(smallint[]);
"""

STAYING = ("remoteorder", "timesheet", "monthsubmission")
OWNERS_STAY = "\n".join(
    f"create trigger {table}_owner_stays before update of institution_id on delivery_{table} for each row"
    " when (old.institution_id is distinct from new.institution_id) execute function core_owner_stays();"
    for table in STAYING
)
OWNERS_MOVE = "\n".join(f"drop trigger {table}_owner_stays on delivery_{table};" for table in STAYING)


def owned(table: str, column: str, references: str, name: str) -> CompositeForeignKey:
    """The row that `column` names is of the same institution."""
    return CompositeForeignKey(
        table=f"delivery_{table}",
        columns=[column, "institution_id"],
        references=references,
        to_columns=["id", "institution_id"],
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0005_sheets_and_timesheets"),
        ("casefiles", "0001_initial"),
        ("plans", "0002_owners_and_periods"),
        ("learners", "0004_who_may_change"),
    ]
    operations = [
        CompositeForeignKey(
            table="delivery_consultationsheet",
            columns=["measure_id", "learner_id", "institution_id", "specialist_role"],
            references="plans_measure",
            to_columns=["id", "learner_id", "institution_id", "kind_code"],
            name="sheet_of_measure",
        ),
        owned("consultationsheet", "agreement_file_id", "casefiles_casefile", "sheet_agreement_owner"),
        owned("consultationsheet", "sheet_file_id", "casefiles_casefile", "sheet_file_owner"),
        owned("remoteorder", "file_id", "casefiles_casefile", "remote_order_file_owner"),
        owned("remoteorderstaff", "order_id", "delivery_remoteorder", "remote_order_staff_owner"),
        owned("remoteorderplan", "order_id", "delivery_remoteorder", "remote_order_plan_owner"),
        CompositeForeignKey(
            table="delivery_remoteorderplan",
            columns=["plan_id", "learner_id", "institution_id"],
            references="plans_supportplan",
            to_columns=["id", "learner_id", "institution_id"],
            name="remote_order_plan_of_learner",
        ),
        owned("consultation", "remote_order_id", "delivery_remoteorder", "consultation_order_owner"),
        owned("consultation", "confirmation_file_id", "casefiles_casefile", "consultation_file_owner"),
        CompositeForeignKey(
            table="delivery_consultation",
            columns=["confirmation_code_id", "learner_id", "institution_id"],
            references="delivery_confirmationcode",
            to_columns=["id", "learner_id", "institution_id"],
            name="consultation_code_of_learner",
        ),
        CompositeForeignKey(
            table="delivery_consultation",
            columns=["corrects_id", "measure_id"],
            references="delivery_consultation",
            to_columns=["id", "measure_id"],
            name="consultation_corrects_same_measure",
        ),
        owned("timesheetline", "timesheet_id", "delivery_timesheet", "timesheet_line_owner"),
        owned("timesheetstep", "timesheet_id", "delivery_timesheet", "timesheet_step_owner"),
        CompositeForeignKey(
            table="delivery_timesheet",
            columns=["submission_id", "institution_id", "month"],
            references="delivery_monthsubmission",
            to_columns=["id", "institution_id", "month"],
            name="timesheet_of_submission",
        ),
        migrations.RunSQL(GUARDS, GUARDS_GONE),
        migrations.RunSQL(ADDS_UP, ADDS_UP_NO_MORE),
        migrations.RunSQL(OWNERS_STAY, OWNERS_MOVE),
    ]

"""Children belong to their project's organiser; who takes part sees; a status follows the table of transitions."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

# Which municipalities lie wholly in a list of institutions, with those that were merged into them by the caller's day.
# The other functions answer for the caller alone; they run as owner, because policies must not ask each other in a circle.
FUNCTIONS = """
create function initiatives_municipalities(allowed text) returns uuid[]
    language sql stable security invoker set search_path = public, pg_temp as $$
with recursive today (day) as (
    select coalesce(nullif(current_setting('app.on', true), '')::date, current_date)
), standing (id, place) as (
    select id, id from territory_municipality
    union
    select s.id, m.successor_id
    from standing s join territory_municipality m on m.id = s.place, today t
    where m.successor_id is not null and m.valid_to < t.day
), final as (
    select s.id, s.place
    from standing s join territory_municipality m on m.id = s.place, today t
    where m.successor_id is null or m.valid_to is null or m.valid_to >= t.day
), covered as (
    select f.place
    from territory_institution i join final f on f.id = i.municipality_id
    group by f.place
    having bool_and(i.id = any (string_to_array(nullif(allowed, '*'), ',')::uuid[]))
)
select coalesce(array_agg(f.id), '{}') from final f join covered c on c.place = f.place
$$;

create function initiatives_my_organisations() returns uuid[]
    language sql stable security definer set search_path = public, pg_temp as $$
select coalesce(array_agg(m.organisation_id), '{}') from initiatives_organisationmember m
where m.user_id = nullif(current_setting('app.principal', true), '')::uuid
  and m.valid_from <= nullif(current_setting('app.on', true), '')::date
  and (m.valid_to is null or m.valid_to >= nullif(current_setting('app.on', true), '')::date)
$$;

create function initiatives_my_projects() returns uuid[]
    language sql stable security definer set search_path = public, pg_temp as $$
select coalesce(array_agg(p.id), '{}') from initiatives_initiativeproject p
where p.organisation_id = any (initiatives_my_organisations())
$$;

create function initiatives_scored_by_me() returns uuid[]
    language sql stable security definer set search_path = public, pg_temp as $$
select coalesce(array_agg(s.project_id), '{}') from initiatives_projectscorer s
where s.scorer_id = nullif(current_setting('app.principal', true), '')::uuid
$$;

create function initiatives_follow_transitions() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    today constant date := coalesce(nullif(current_setting('app.on', true), '')::date, current_date);
begin
    if not exists (
        select 1 from initiatives_initiativetransition t
        where t.owner = tg_argv[0] and t.from_status = old.status and t.to_status = new.status
          and t.valid_from <= today and (t.valid_to is null or t.valid_to >= today)
    ) then
        raise exception 'No step leads from % to %.', old.status, new.status
            using errcode = 'check_violation', constraint = 'initiative_transition_in_force', table = tg_table_name;
    end if;
    return new;
end $$;
create trigger call_follows_transitions before update of status on initiatives_initiativecall
    for each row when (old.status is distinct from new.status) execute function initiatives_follow_transitions('CALL');
create trigger project_follows_transitions before update of status on initiatives_initiativeproject
    for each row when (old.status is distinct from new.status) execute function initiatives_follow_transitions('PROJECT');

create function initiatives_scorer_without_conflict() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select 1 from initiatives_projectscorer s where s.id = new.scoring_id and s.has_conflict = false) then
        raise exception 'Points are given by who declared that there is no conflict of interest.'
            using errcode = 'check_violation', constraint = 'project_score_without_conflict', table = tg_table_name;
    end if;
    return new;
end $$;
create trigger project_score_without_conflict before insert or update of points on initiatives_projectscore
    for each row execute function initiatives_scorer_without_conflict();
"""
GONE = """
drop trigger project_score_without_conflict on initiatives_projectscore;
drop function initiatives_scorer_without_conflict();
drop trigger project_follows_transitions on initiatives_initiativeproject;
drop trigger call_follows_transitions on initiatives_initiativecall;
drop function initiatives_follow_transitions();
drop function initiatives_my_projects();
drop function initiatives_scored_by_me();
drop function initiatives_my_organisations();
drop function initiatives_municipalities(text);
"""


def of_project(table: str, name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        table=table,
        columns=["project_id", "municipality_id"],
        references="initiatives_initiativeproject",
        to_columns=["id", "municipality_id"],
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0001_initial"), ("plans", "0003_restricted_note"), ("territory", "0001_initial")]
    operations = [
        CompositeForeignKey(
            table="initiatives_organisationmember",
            columns=["organisation_id", "municipality_id"],
            references="initiatives_youthorganisation",
            to_columns=["id", "municipality_id"],
            name="organisation_member_owner",
        ),
        CompositeForeignKey(
            table="initiatives_initiativecall",
            columns=["grant_id", "grant_amount"],
            references="initiatives_initiativegrant",
            to_columns=["id", "amount"],
            name="call_grant",
        ),
        CompositeForeignKey(
            table="initiatives_initiativeproject",
            columns=["call_id", "municipality_id", "amount"],
            references="initiatives_initiativecall",
            to_columns=["id", "municipality_id", "grant_amount"],
            name="project_grant_of_call",
        ),
        of_project("initiatives_projectstep", "project_step_owner"),
        of_project("initiatives_projectpartner", "project_partner_owner"),
        of_project("initiatives_projectreport", "project_report_owner"),
        of_project("initiatives_projectscorer", "project_scorer_owner"),
        CompositeForeignKey(
            table="initiatives_projectscore",
            columns=["scoring_id", "project_id", "municipality_id", "scorer_id"],
            references="initiatives_projectscorer",
            to_columns=["id", "project_id", "municipality_id", "scorer_id"],
            name="project_score_of_scorer",
        ),
        CompositeForeignKey(
            table="initiatives_projectscore",
            columns=["project_id", "call_id", "municipality_id"],
            references="initiatives_initiativeproject",
            to_columns=["id", "call_id", "municipality_id"],
            name="project_score_of_project",
        ),
        CompositeForeignKey(
            table="initiatives_projectscore",
            columns=["criterion_id", "call_id", "max_points"],
            references="initiatives_callcriterion",
            to_columns=["id", "call_id", "max_points"],
            name="project_score_of_criterion",
        ),
        CompositeForeignKey(
            table="initiatives_projectparticipant",
            columns=["measure_id", "learner_id", "institution_id", "kind_code"],
            references="plans_measure",
            to_columns=["id", "learner_id", "institution_id", "kind_code"],
            name="participant_measure",
        ),
        migrations.RunSQL(FUNCTIONS, GONE),
    ]

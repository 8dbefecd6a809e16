"""Children belong to their plan's institution and learner; a plan's period lies inside its semester."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

# Runs as the tables' owner: the semester's editor need not see every plan for the rule to hold.
PERIOD_RULE = """
create function plans_period_inside_semester() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select 1 from territory_semester s
        where s.id = new.semester_id and (new.period_from < s.starts_on or new.period_to > s.plan_period_ends_on)
    ) then
        raise exception 'The plan''s period lies outside its semester.'
            using errcode = 'check_violation', constraint = 'plan_period_inside_semester', table = 'plans_supportplan';
    end if;
    return new;
end $$;
create trigger plan_period_inside_semester before insert or update of period_from, period_to, semester_id on plans_supportplan
    for each row execute function plans_period_inside_semester();

create function plans_semester_holds_its_plans() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select 1 from plans_supportplan p
        where p.semester_id = new.id and (p.period_from < new.starts_on or p.period_to > new.plan_period_ends_on)
    ) then
        raise exception 'Plans of this semester lie outside the new dates.'
            using errcode = 'check_violation', constraint = 'semester_holds_its_plans', table = 'territory_semester';
    end if;
    return new;
end $$;
create trigger semester_holds_its_plans before update of starts_on, plan_period_ends_on on territory_semester
    for each row when (old.starts_on < new.starts_on or old.plan_period_ends_on > new.plan_period_ends_on)
    execute function plans_semester_holds_its_plans();
"""
PERIOD_RULE_GONE = """
drop trigger semester_holds_its_plans on territory_semester;
drop function plans_semester_holds_its_plans();
drop trigger plan_period_inside_semester on plans_supportplan;
drop function plans_period_inside_semester();
"""


def of_plan(*, table: str, name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        table=table,
        columns=["plan_id", "institution_id"],
        references="plans_supportplan",
        to_columns=["id", "institution_id"],
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("learners", "0002_unit_of_the_institution"), ("registry", "0001_initial")]
    operations = [
        CompositeForeignKey(
            table="plans_supportplan",
            columns=["enrolment_id", "learner_id", "institution_id"],
            references="learners_enrolment",
            to_columns=["id", "learner_id", "institution_id"],
            name="plan_enrolment_of_learner",
        ),
        of_plan(table="plans_planstep", name="step_owner"),
        of_plan(table="plans_riskassessment", name="risk_owner"),
        CompositeForeignKey(
            table="plans_measure",
            columns=["plan_id", "learner_id", "institution_id"],
            references="plans_supportplan",
            to_columns=["id", "learner_id", "institution_id"],
            name="measure_owner",
        ),
        CompositeForeignKey(
            table="plans_measure",
            columns=["risk_id", "plan_id"],
            references="plans_riskassessment",
            to_columns=["id", "plan_id"],
            name="measure_risk_of_plan",
        ),
        CompositeForeignKey(
            table="plans_measure",
            columns=["kind_id", "category", "kind_code"],
            references="registry_measurekind",
            to_columns=["id", "category", "code"],
            name="measure_kind",
        ),
        migrations.RunSQL(PERIOD_RULE, PERIOD_RULE_GONE),
    ]

"""Children belong to their team's institution; members see their teams; an answer fits its question."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

RULES = """
create function cooperation_my_teams() returns uuid[]
    language sql stable security definer set search_path = public, pg_temp as $$
select coalesce(array_agg(m.team_id), '{}') from cooperation_teammember m
where m.user_id = nullif(current_setting('app.principal', true), '')::uuid and m.accepted_at is not null
  and m.valid_from <= nullif(current_setting('app.on', true), '')::date
  and (m.valid_to is null or m.valid_to >= nullif(current_setting('app.on', true), '')::date)
$$;

create function cooperation_answer_fits_question() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select 1 from cooperation_feedbackquestion q join cooperation_feedbackrequest r on r.audience = q.audience
        where q.id = new.question_id and r.id = new.request_id and r.withdrawn_at is null
          and (new.value is null or new.value <= q.scale_max)
          and (q.scale_max is null or new.text = '')
    ) then
        raise exception 'The answer does not fit the question, or nobody asks any more.'
            using errcode = 'check_violation', constraint = 'feedback_answer_fits', table = 'cooperation_feedbackanswer';
    end if;
    return new;
end $$;
create trigger feedback_answer_fits before insert on cooperation_feedbackanswer
    for each row execute function cooperation_answer_fits_question();
"""
GONE = """
drop trigger feedback_answer_fits on cooperation_feedbackanswer;
drop function cooperation_answer_fits_question();
drop function cooperation_my_teams();
"""


def of_team(table: str, name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        table=table,
        columns=["team_id", "institution_id"],
        references="cooperation_cooperationteam",
        to_columns=["id", "institution_id"],
        name=name,
    )


def of_meeting(table: str, name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        table=table,
        columns=["meeting_id", "team_id", "institution_id"],
        references="cooperation_meeting",
        to_columns=["id", "team_id", "institution_id"],
        name=name,
    )


def member_of_team(table: str, column: str, name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        table=table,
        columns=[column, "team_id", "institution_id"],
        references="cooperation_teammember",
        to_columns=["id", "team_id", "institution_id"],
        name=name,
    )


def of_plan(table: str, name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        table=table,
        columns=["plan_id", "learner_id", "institution_id"],
        references="plans_supportplan",
        to_columns=["id", "learner_id", "institution_id"],
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0001_initial"), ("plans", "0003_restricted_note")]
    operations = [
        of_team("cooperation_teammember", "team_member_owner"),
        of_team("cooperation_teamshare", "team_share_owner"),
        of_plan("cooperation_teamshare", "team_share_of_plan"),
        of_team("cooperation_meeting", "meeting_owner"),
        of_meeting("cooperation_meetingattendance", "meeting_attendance_owner"),
        member_of_team("cooperation_meetingattendance", "member_id", "meeting_attendance_of_member"),
        of_meeting("cooperation_meetingdecision", "meeting_decision_owner"),
        member_of_team("cooperation_meetingdecision", "responsible_id", "meeting_decision_responsible"),
        of_plan("cooperation_feedbackrequest", "feedback_of_plan"),
        CompositeForeignKey(
            table="cooperation_feedbackanswer",
            columns=["request_id", "learner_id", "institution_id"],
            references="cooperation_feedbackrequest",
            to_columns=["id", "learner_id", "institution_id"],
            name="feedback_answer_owner",
        ),
        migrations.RunSQL(RULES, GONE),
    ]

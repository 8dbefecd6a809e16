"""Indicators belong to their enrolment, warnings to their indicators; a registered study is frozen."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

FREEZE = """
create function evaluation_study_is_frozen() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'DELETE'
        or (new.code, new.title, new.estimand, new.specification, new.specification_hash, new.seed, new.registered_at)
            is distinct from
           (old.code, old.title, old.estimand, old.specification, old.specification_hash, old.seed, old.registered_at)
        or new.registered_by_id is distinct from old.registered_by_id
        or new.status = 'DRAFT' or (old.status = 'WITHDRAWN' and new.status <> 'WITHDRAWN') then
        raise exception 'A registered study cannot change.'
            using errcode = 'check_violation', constraint = 'study_is_frozen', table = 'evaluation_study';
    end if;
    return new;
end $$;
create trigger study_is_frozen before update or delete on evaluation_study
    for each row when (old.status <> 'DRAFT') execute function evaluation_study_is_frozen();
"""
GONE = """
drop trigger study_is_frozen on evaluation_study;
drop function evaluation_study_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial"), ("learners", "0005_learner_identity")]
    operations = [
        CompositeForeignKey(
            table="evaluation_learnerindicator",
            columns=["enrolment_id", "learner_id", "institution_id"],
            references="learners_enrolment",
            to_columns=["id", "learner_id", "institution_id"],
            name="indicator_enrolment_of_learner",
        ),
        CompositeForeignKey(
            table="evaluation_earlywarning",
            columns=["indicator_id", "learner_id", "institution_id", "semester_id"],
            references="evaluation_learnerindicator",
            to_columns=["id", "learner_id", "institution_id", "semester_id"],
            name="warning_owner",
        ),
        CompositeForeignKey(
            table="evaluation_studyresult",
            columns=["study_id", "specification_hash"],
            references="evaluation_study",
            to_columns=["id", "specification_hash"],
            name="study_result_of_registered",
        ),
        migrations.RunSQL(FREEZE, GONE),
    ]

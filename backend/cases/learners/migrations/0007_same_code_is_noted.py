"""Two records with one personal code become a candidate pair, wherever they are, whoever wrote the second.

The school that wrote it sees nothing of the pair unless it sees both records: so it works on with a provisional record and
learns nothing, and the pair waits (docs/decisions/0061-same-code-is-noted.md).
"""

from django.db import migrations

# Runs as the tables' owner, because the other record may be out of the writer's sight. Once a statement: a bulk load of
# all identities costs one join.
NOTED = """
create function learners_note_same_code() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into learners_duplicatecandidate
        (id, version, created_at, updated_at, first_id, second_id, bases, score, found_at, status, decision_reason, undo_reason)
    select distinct on (least(n.learner_id, o.learner_id), greatest(n.learner_id, o.learner_id))
        gen_random_uuid(), 1, now(), now(), least(n.learner_id, o.learner_id), greatest(n.learner_id, o.learner_id),
        array['PERSONAL_CODE'], 1, now(), 'OPEN', '', ''
    from changed n
    join learners_learneridentity o on o.code_index = n.code_index and o.code_index <> '' and o.learner_id <> n.learner_id
    where n.code_index <> ''
    on conflict (first_id, second_id) do nothing;
    return null;
end $$;
create trigger same_code_is_noted after insert on learners_learneridentity
    referencing new table as changed for each statement execute function learners_note_same_code();
create trigger changed_code_is_noted after update on learners_learneridentity
    referencing new table as changed for each statement execute function learners_note_same_code();
"""
NOTED_NO_MORE = """
drop trigger changed_code_is_noted on learners_learneridentity;
drop trigger same_code_is_noted on learners_learneridentity;
drop function learners_note_same_code();
"""


class Migration(migrations.Migration):
    dependencies = [("learners", "0006_duplicates")]
    operations = [migrations.RunSQL(NOTED, NOTED_NO_MORE)]

"""What a file is never changes: its owner, purpose, hash, type, size and place."""

from django.db import migrations

FILE_STAYS = """
create function casefiles_file_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'What a file is never changes; upload another.'
        using errcode = 'check_violation', constraint = 'file_stays', table = 'casefiles_casefile';
end $$;
create trigger file_stays before update on casefiles_casefile for each row
    when ((old.institution_id, old.purpose, old.room, old.media_type, old.size, old.sha256, old.storage_key)
        is distinct from (new.institution_id, new.purpose, new.room, new.media_type, new.size, new.sha256, new.storage_key))
    execute function casefiles_file_stays();
"""
FILE_MOVES = """
drop trigger file_stays on casefiles_casefile;
drop function casefiles_file_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("casefiles", "0001_initial")]
    operations = [migrations.RunSQL(FILE_STAYS, FILE_MOVES)]

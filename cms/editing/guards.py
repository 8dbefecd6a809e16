"""Four eyes at the database: whichever way a text goes out, somebody approved it who did not write it.

Texts that nobody wrote (revisions without a user) are the platform's own: the first content, migrations.
"""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

_NEEDED = ("editing_approval", "wagtailcore_page", "wagtailcore_revision")

_SQL = """
create or replace function editing_published_text_was_approved() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select 1 from wagtailcore_revision r where r.id = new.live_revision_id and r.user_id is not null)
     and not exists (select 1 from editing_approval a where a.revision_id = new.live_revision_id) then
    raise exception 'A text goes out after somebody else approved it.'
      using errcode = 'check_violation', constraint = 'published_text_was_approved';
  end if;
  return null;
end $$;

create or replace function editing_nobody_approves_their_own() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select 1 from wagtailcore_revision r where r.id = new.revision_id) then
    raise exception 'There is no such text.' using errcode = 'foreign_key_violation';
  end if;
  if exists (
    select 1 from wagtailcore_revision target
      join wagtailcore_revision r on r.base_content_type_id = target.base_content_type_id and r.object_id = target.object_id
      join wagtailcore_page p on p.id::text = target.object_id
      left join wagtailcore_revision live on live.id = p.live_revision_id
     where target.id = new.revision_id and r.user_id = new.approver_id and r.created_at <= target.created_at
       and (live.id is null or r.created_at > live.created_at)) then
    raise exception 'Nobody approves a text of their own.'
      using errcode = 'check_violation', constraint = 'nobody_approves_their_own';
  end if;
  return new;
end $$;

create or replace function editing_approved_text_stays() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select 1 from editing_approval a where a.revision_id = old.id) then
    raise exception 'An approved text is not written over.'
      using errcode = 'check_violation', constraint = 'approved_text_stays';
  end if;
  return new;
end $$;

drop trigger if exists editing_published on wagtailcore_page;
create trigger editing_published after update on wagtailcore_page for each row
  when (new.live_revision_id is not null and new.live_revision_id is distinct from old.live_revision_id)
  execute function editing_published_text_was_approved();
drop trigger if exists editing_made_live on wagtailcore_page;
create trigger editing_made_live after insert on wagtailcore_page for each row
  when (new.live_revision_id is not null) execute function editing_published_text_was_approved();
drop trigger if exists editing_own_text on editing_approval;
create trigger editing_own_text before insert on editing_approval for each row
  execute function editing_nobody_approves_their_own();
drop trigger if exists editing_rewritten on wagtailcore_revision;
create trigger editing_rewritten before update on wagtailcore_revision for each row
  when (new.content is distinct from old.content) execute function editing_approved_text_stays();
"""


def install(cursor: CursorWrapper) -> None:
    """Write functions and triggers anew, by the owner after a migration."""
    for table in _NEEDED:
        cursor.execute("select to_regclass(%s) is not null", [f"public.{table}"])
        if not cursor.fetchone()[0]:
            return
    cursor.execute(_SQL)

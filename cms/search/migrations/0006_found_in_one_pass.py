"""What fits is read once, for counts and promises together: docs/decisions/0197-found-in-one-pass.md."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("cms.search.migrations.0004_short_rows")
NO_BEFORE = """
drop function search_promising(tsquery[], float8[], tsquery, tsquery, float8[], float8, float8, varchar, float8, text[], integer);
drop function search_counts(tsquery);
"""
FOUND = """
create function search_found(
    rings tsquery[], worths float8[], heads tsquery, often tsquery, bonuses float8[], bonus float8, base float8,
    reader varchar, foreign_worth float8, chosen_kind text, chosen_language text, chosen_audience text, chosen_topic text,
    most integer
  ) returns table (traits text, number bigint, id uuid, page_id integer, worth float8, promise float8)
  language plpgsql stable
  set search_path = public, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
    with """ + BEFORE.PLACES + """, open as materialized (
      select f.* from fitting f
       where f.page_id not in (select search_closed_pages())
         and (f.document_id is null or f.document_id not in (select search_closed_files()))
    ), counted as materialized (
      select p.traits, count(*) as number from open p where p.document_id is null group by p.traits
      union all
      select d.traits, count(distinct d.page_id) from open d
       where d.document_id is not null and d.page_id not in (select p.page_id from open p where p.document_id is null)
       group by d.traits
    ), wanted as materialized (
      select distinct c.traits from counted c
       where (chosen_kind is null or c.traits::jsonb ->> 0 = chosen_kind)
         and (chosen_language is null or c.traits::jsonb ->> 1 = chosen_language)
         and (chosen_audience is null or c.traits::jsonb -> 2 ? chosen_audience)
         and (chosen_topic is null or c.traits::jsonb -> 3 ? chosen_topic)
    ), promising as (
      select o.id, o.page_id, w.worth, w.worth * (base + o.shortness * coalesce(s.more, bonus)) as promise
        from open o cross join lateral (
               select o.worth * case when o.page_language = reader then 1 else foreign_worth end as worth
             ) w left join salient s on s.id = o.id
       where coalesce(chosen_kind, chosen_language, chosen_audience, chosen_topic) is null
          or o.traits in (select w.traits from wanted w)
       order by 4 desc, 2, 1 limit most
    )
    select c.traits, c.number, null::uuid, null::integer, null::float8, null::float8 from counted c
    union all
    select null, null, p.id, p.page_id, p.worth, p.promise from promising p;
end $$;
create function search_fits(asked tsquery) returns boolean
  language plpgsql stable
  set search_path = public, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select 1 from search_searchentry e
     where e.vector @@ asked and e.page_id not in (select search_closed_pages())
       and (e.document_id is null or e.document_id not in (select search_closed_files())));
end $$;
"""
NOT_FOUND = """
drop function search_fits(tsquery);
drop function search_found(
  tsquery[], float8[], tsquery, tsquery, float8[], float8, float8, varchar, float8, text, text, text, text, integer
);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0005_trigrams_at_once")]

    operations = [
        migrations.RunSQL(FOUND, NOT_FOUND),
        migrations.RunSQL(NO_BEFORE, BEFORE.FITTING),
    ]

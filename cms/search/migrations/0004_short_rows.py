"""Short rows: counting what fits reads little, and only the most promising are ranked by their vectors.

The rows that are there get what they lack, and are written anew by that, so that their vectors lie beside the table
(docs/decisions/0189-most-promising-ranked.md).
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

ASIDE = """
alter table search_searchentry alter column vector set storage external;
alter table search_searchentry set (toast_tuple_target = 512);
"""
INSIDE = """
alter table search_searchentry alter column vector set storage main;
alter table search_searchentry reset (toast_tuple_target);
"""
# No word comes or goes: the lexicon need not count.
FILLED = """
alter table search_searchentry disable trigger search_words_change;
update search_searchentry e
   set page_language = l.language_code,
       traits = jsonb_build_array(e.kind, l.language_code, e.audiences, e.topics)::text,
       salient = array_to_tsvector(array(
         select key from unnest(e.vector) u,
                lateral (values (u.lexeme, u.weights && '{A,B}'), ('*' || u.lexeme, cardinality(u.positions) >= 2)) k(key, salient)
          where salient)),
       shortness = 1 / log(2, 1 + greatest(1, (select coalesce(sum(cardinality(positions)), 0) from unnest(e.vector))))
  from wagtailcore_page p join wagtailcore_locale l on l.id = p.locale_id
 where p.id = e.page_id;
set constraints all immediate;
alter table search_searchentry enable trigger search_words_change;
"""
# Plans are made once a session, and go through the index: what else the planner might take would fetch every vector from
# beside the table, which it does not reckon with. What is closed is asked for apart, so that it is read once, not for each row.
CLOSED = """
create function search_closed_pages() returns setof integer
  language plpgsql stable set search_path = public, pg_temp as $$
begin
  return query
    select p.id from wagtailcore_page p where not p.live
    union all
    select p.id from wagtailcore_pageviewrestriction r join wagtailcore_page c on c.id = r.page_id
           join wagtailcore_page p on p.path >= c.path and p.path < c.path || '~';
end $$;
create function search_closed_files() returns setof bigint
  language plpgsql stable set search_path = public, pg_temp as $$
begin
  return query
    select d.id from files_sitedocument d join wagtailcore_collection k on k.id = d.collection_id,
           wagtailcore_collectionviewrestriction v join wagtailcore_collection c on c.id = v.collection_id
     where starts_with(k.path, c.path);
end $$;
"""
# Each ring is asked for by itself, so that a place is found at its worth.
RINGS = " union all ".join(
    "select e.id, e.page_id, e.document_id, e.page_language, e.traits, e.shortness,"
    f" worths[{ring}] as worth from search_searchentry e where e.vector @@ rings[{ring}]"
    for ring in (1, 2, 3, 4)
)
PLACES = """salient as (
      select s.id, max(s.more) as more from (
        select e.id, bonuses[1] as more from search_searchentry e where e.salient @@ heads
        union all select e.id, bonuses[2] from search_searchentry e where e.salient @@ often
      ) s group by s.id
    ), fitting as (""" + RINGS + ")"
FITTING = """
create function search_counts(asked tsquery) returns table (traits text, number bigint)
  language plpgsql stable
  set search_path = public, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select e.traits, count(*) from search_searchentry e
     where e.vector @@ asked and e.document_id is null and e.page_id not in (select search_closed_pages())
     group by e.traits
    union all
    select e.traits, count(distinct e.page_id) from search_searchentry e
     where e.vector @@ asked and e.document_id is not null and e.page_id not in (select search_closed_pages())
       and e.document_id not in (select search_closed_files())
       and e.page_id not in (select o.page_id from search_searchentry o where o.vector @@ asked and o.document_id is null)
     group by e.traits;
end $$;
create function search_promising(
    rings tsquery[], worths float8[], heads tsquery, often tsquery, bonuses float8[], bonus float8, base float8,
    reader varchar, foreign_worth float8, wanted text[], most integer
  ) returns table (id uuid, page_id integer, worth float8, promise float8)
  language plpgsql stable
  set search_path = public, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
    with """ + PLACES + """, seen as (
      select f.id, f.page_id, f.worth * case when f.page_language = reader then 1 else foreign_worth end as worth,
             f.shortness * coalesce(s.more, bonus) as more
        from fitting f left join salient s on s.id = f.id
       where f.page_id not in (select search_closed_pages())
         and (f.document_id is null or f.document_id not in (select search_closed_files()))
         and (wanted is null or f.traits = any (wanted))
    )
    select s.id, s.page_id, s.worth, s.worth * (base + s.more) from seen s order by 4 desc, 2, 1 limit most;
end $$;
"""
NOT_FITTING = """
drop function search_promising(tsquery[], float8[], tsquery, tsquery, float8[], float8, float8, varchar, float8, text[], integer);
drop function search_counts(tsquery);
drop function search_closed_files();
drop function search_closed_pages();
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0003_vector_beside_its_row"), ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes")]

    operations = [
        migrations.AddField(
            "searchentry", "page_language", models.CharField(db_default="", default="", max_length=5)
        ),
        migrations.AddField(
            "searchentry", "traits", models.TextField(db_collation="C", db_default="", default="")
        ),
        migrations.AddField(
            "searchentry", "salient", django.contrib.postgres.search.SearchVectorField(db_default="", default="")
        ),
        migrations.AddField("searchentry", "shortness", models.FloatField(db_default=0, default=0)),
        migrations.RunSQL(ASIDE, INSIDE),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
        migrations.AddIndex(
            "searchentry",
            django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["salient"], name="search_entry_salient"),
        ),
        migrations.RunSQL(CLOSED + FITTING, NOT_FITTING),
        # What the public may not read is few, and asked for with every search.
        migrations.RunSQL(
            "create index search_closed_pages on wagtailcore_page (id) where not live", "drop index search_closed_pages"
        ),
    ]

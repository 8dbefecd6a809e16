"""Each index of ours earns its writes, and every foreign key can be followed back."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

OURS = ("backend.", "cms.", "graphql_schema.")
_PLAIN = """
    select i.indexrelid, i.indrelid, c.relname as name, t.relname as "table", i.indisunique,
        (i.indkey::int2[])[0:i.indnkeyatts - 1] as columns, (i.indclass::oid[])[0:i.indnkeyatts - 1] as classes
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid join pg_am a on a.oid = c.relam
    where a.amname = 'btree' and i.indpred is null and i.indexprs is null and t.relnamespace = 'public'::regnamespace"""
_COVERED = f"""
    with plain as ({_PLAIN})
    select n."table", n.name, w.name from plain n join plain w on w.indrelid = n.indrelid and w.indexrelid <> n.indexrelid
    where not n.indisunique and w.columns[1:cardinality(n.columns)] = n.columns
        and w.classes[1:cardinality(n.classes)] = n.classes and (w.columns <> n.columns or w.name < n.name or w.indisunique)
    order by 1, 2"""  # noqa: S608  (no word from outside)
_NO_WAY_BACK = f"""
    with plain as ({_PLAIN})
    select conrelid::regclass::text, conname from pg_constraint f where contype = 'f' and cardinality(conkey) = 1
        and not exists (select from plain p where p.indrelid = f.conrelid and p.columns[1] = f.conkey[1])
    order by 1, 2"""  # noqa: S608  (no word from outside)


def _found(statement: str) -> list[tuple[str, ...]]:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model.__module__.startswith(OURS)}
    made_by_django = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.auto_created}
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row for row in cursor.fetchall() if row[0].strip('"') in tables - made_by_django]


@pytest.mark.django_db
def test_an_index_too_many_is_named() -> None:
    """The statement sees what it looks for: among the tables of libraries, which make an index for every foreign key."""
    with connection.cursor() as cursor:
        cursor.execute(_COVERED)
        assert "wagtailcore_workflowtask" in {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_no_index_is_covered_by_another() -> None:
    assert _found(_COVERED) == []
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        assert len(cursor.fetchall()) > 300


@pytest.mark.django_db
def test_every_foreign_key_can_be_followed_back() -> None:
    """Who is deleted or changed looks for rows that point there: without an index that reads the whole table."""
    assert _found(_NO_WAY_BACK) == []

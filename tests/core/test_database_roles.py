"""The three roles: what each may do, and that nothing on the way widens it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from backend.core.database.roles import acting_as
from backend.core.database.security import append_only_tables

pytestmark = pytest.mark.django_db

ATTRIBUTES = "rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication"


def ask(statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.mark.parametrize(
    ("role", "attributes"),
    [
        ("owner", (False, False, True, False, False)),  # makes the tests' databases
        ("app", (False, False, False, False, False)),
        ("loader", (False, False, False, True, False)),
    ],
)
def test_a_role_has_exactly_its_attributes(role: str, attributes: tuple[bool, ...]) -> None:
    assert ask(f"select {ATTRIBUTES} from pg_roles where rolname = %s", role) == [attributes]  # noqa: S608


def test_the_web_serves_as_app_and_no_role_may_become_another() -> None:
    assert ask("select current_user, session_user") == [("app", "app")]
    pairs = ask(
        "select a.rolname, b.rolname from pg_roles a, pg_roles b where a.rolname in ('owner', 'app', 'loader')"
        " and b.rolname in ('owner', 'app', 'loader', 'postgres') and a <> b and pg_has_role(a.oid, b.oid, 'MEMBER')"
    )
    assert pairs == []


def test_app_and_loader_own_nothing() -> None:
    owned = ask(
        "select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('app', 'loader')"
        " union all select nspname from pg_namespace n join pg_roles r on r.oid = nspowner where r.rolname in ('app', 'loader')"
        " union all select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner where r.rolname in ('app', 'loader')"
    )
    assert owned == []
    ours = ask("select count(*) from pg_class where relnamespace = 'public'::regnamespace and relowner = 'owner'::regrole")
    assert int(str(ours[0][0])) > 100


@pytest.mark.parametrize(
    "statement",
    [
        "create table intruder (id int)",
        "alter table accounts_user disable row level security",
        "truncate territory_region",
        "create function public.intruder() returns int language sql as 'select 1'",
        "set session_replication_role = replica",
        "alter table accounts_user disable trigger all",
        "insert into django_migrations (app, name, applied) values ('x', 'y', now())",
        "delete from django_migrations",
        "create role intruder",
        "set role owner",
        "copy territory_region to program 'true'",
    ],
)
def test_app_is_refused(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        ask(statement)


RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def test_app_may_read_and_write_every_table_but_the_closed_ones() -> None:
    counted_by_triggers = {"base_sitegeneration"}
    closed = {"django_migrations", *append_only_tables(), *counted_by_triggers}
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed} - closed
    assert len(tables) > 80
    for table in sorted(tables):
        for right in RIGHTS:
            assert ask("select has_table_privilege('app', %s, %s)", table, right) == [(True,)], (table, right)
        assert ask("select has_table_privilege('app', %s, 'TRUNCATE')", table) == [(False,)], table
    for table in counted_by_triggers:
        given = [right for right in RIGHTS if ask("select has_table_privilege('app', %s, %s)", table, right) == [(True,)]]
        assert given == ["SELECT"], table
    for table in append_only_tables():
        assert ask("select has_table_privilege('app', %s, 'UPDATE'), has_table_privilege('app', %s, 'DELETE')", table, table) == [
            (False, False)
        ]


@pytest.mark.django_db(transaction=True)
def test_migrate_gives_back_lost_grants_and_takes_foreign_ones() -> None:
    with acting_as("owner"):
        ask("revoke all on territory_region from app")
        ask("grant truncate on territory_region to app")
        call_command("migrate", verbosity=0, interactive=False)
    assert ask("select has_table_privilege('app', 'territory_region', 'SELECT')") == [(True,)]
    assert ask("select has_table_privilege('app', 'territory_region', 'TRUNCATE')") == [(False,)]


@pytest.mark.django_db(transaction=True)
def test_acting_as_changes_the_role_and_comes_back_even_after_an_error() -> None:
    with acting_as("loader"):
        assert ask("select current_user") == [("loader",)]
    assert ask("select current_user") == [("app",)]
    with pytest.raises(ProgrammingError), acting_as("owner"):
        ask("select no_such_column")
    assert ask("select current_user") == [("app",)]


def test_acting_as_refuses_to_cut_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), acting_as("owner"):
        pass


def test_latvian_letters_fold_and_the_locale_is_the_builtin_one() -> None:
    assert ask("select lower('ĀČĒĢĪĶĻŅŠŪŽ'), 'Ķekava' ilike 'ķEKAVA', unaccent('Ķekava')") == [("āčēģīķļņšūž", True, "Kekava")]
    assert ask("select datlocprovider, datlocale from pg_database where datname = current_database()") == [("b", "C.UTF-8")]

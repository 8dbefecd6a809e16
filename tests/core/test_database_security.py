"""Row security stands on every table that holds a person's data, and admits nothing by default."""

from __future__ import annotations

import uuid
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import NotSupportedError, connection, transaction
from django.db.models import Model

from backend.cases.learners.identity import set_identity
from backend.cases.learners.models import Learner
from backend.cases.plans.models import SupportPlan
from backend.cases.plans.notes import write_note
from backend.core.classification import DataClass, classification_of
from backend.core.database.policies import ROOMS
from backend.core.database.roles import acting_as
from backend.core.database.security import declared_policies
from tests.factories.every_table import (
    a_row_of_every_case_table,
)
from tests.factories.rows import whole_state

pytestmark = pytest.mark.django_db

CASE_APPS = {config.label for config in apps.get_app_configs() if config.name.startswith("backend.cases.")}
CARE = {DataClass.PERSONAL, DataClass.SPECIAL}


def holds_personal_data(model: type[Model]) -> bool:
    found = [classification_of(field) for field in model._meta.local_concrete_fields]
    return any(each is not None and each.data_class in CARE for each in found)


def case_tables() -> list[str]:
    """Tables about learners: classified personal or special, or reached from one by their own row security."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in CASE_APPS and model._meta.managed and not model._meta.proxy
    )


def test_the_walk_meets_the_case_tables() -> None:
    personal = [model for model in apps.get_models() if model._meta.app_label in CASE_APPS and holds_personal_data(model)]
    assert len(case_tables()) >= 8
    assert len(personal) >= 5


@pytest.mark.parametrize("table", case_tables())
def test_row_security_is_on_and_forced(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", [table])
        assert cursor.fetchone() == (True, True)
        cursor.execute(
            "select policyname, roles::text from pg_policies"
            " where schemaname = 'public' and tablename = %s and permissive = 'PERMISSIVE'",
            [table],
        )
        by_room = dict.fromkeys(("app_read", "app_add", "app_change", "app_remove"), "{app}")
        assert dict(cursor.fetchall()) == {"owner_all": "{owner}"} | by_room


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {connection.ops.quote_name(table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def with_settings(**values: str) -> dict[str, int]:
    """What `app` sees in each table under these settings alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("select set_config(%s, %s, true)", [f"app.{name}", value])
        return {table: count(table) for table in case_tables()}


@pytest.mark.django_db(transaction=True)
def test_with_real_rows_app_sees_nothing_by_default_and_owner_and_loader_see_all() -> None:
    """Data migrations and foreign keys run as owner, back-ups as loader; blind, they would fail without a word."""
    call_command("load_reference", stdout=StringIO())
    call_command("load_demo", scale=0, stdout=StringIO())
    with whole_state():  # what the demonstration has none of
        learner = Learner.objects.earliest("id")
        set_identity(learner=learner, personal_code="328673-00679")
        write_note(learner=learner, institution_id=learner.registering_institution_id, kind="OTHER", text="Words")
        plan = SupportPlan.objects.earliest("id")
        a_row_of_every_case_table(plan=plan, learner=plan.learner)
    with acting_as("owner"):
        rows = {table: count(table) for table in case_tables()}
    assert all(rows.values()), rows
    assert {table: count(table) for table in case_tables()} == dict.fromkeys(rows, 0)  # settings never set: NULL
    nothing = dict.fromkeys(rows, 0)
    for value in ("", ",".join([str(uuid.uuid4())] * 2)):
        assert with_settings(**{f"reads_{room}": value for room in ROOMS}) == nothing, value
    assert with_settings(level="STATE", **{f"writes_{room}": "*" for room in ROOMS}) == nothing, "writing alone shows nothing"
    assert with_settings(**{f"reads_{room}": "*" for room in ROOMS}) == rows
    money = {table: count for table, count in rows.items() if table.startswith("reimbursements_")}
    opened = with_settings(reads_money="*")
    assert opened.pop("casefiles_casefile") == 0, "a file lies in the room of what it proves"
    assert opened == {t: n for t, n in (nothing | money).items() if t != "casefiles_casefile"}, "each room is opened apart"
    assert sum(count(table) for table in case_tables()) == 0  # on the reused connection, the setting is empty again
    with acting_as("loader"), connection.cursor() as cursor:
        assert {table: count(table) for table in case_tables()} == rows
        with cursor.copy("copy learners_learner to stdout") as copy:
            assert sum(bytes(part).count(b"\n") for part in copy) == rows["learners_learner"]


@pytest.mark.django_db(transaction=True)
def test_copying_in_is_for_the_loader_alone() -> None:
    with connection.cursor() as cursor, pytest.raises(NotSupportedError, match="row-level security"):
        cursor.execute("copy learners_learner from stdin")
    connection.close()
    with acting_as("loader"), connection.cursor() as cursor, cursor.copy("copy learners_learner from stdin"):
        pass


def test_each_declared_policy_names_a_table_that_exists() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    declared = [policy.table for policy in declared_policies()]
    assert len(declared) >= 8
    assert set(declared) <= tables
    assert len(declared) == len(set(declared))

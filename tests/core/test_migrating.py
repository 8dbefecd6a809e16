"""Our way of migrating leaves exactly the schema that Django's own leaves."""

from __future__ import annotations

import re
import subprocess

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection

from backend.core.database.migrating import GrowingState
from backend.core.vault.store import SUFFIX
from backend.privacy.backup.programs import program
from tests.database import TestDatabase, create, drop, serve_as, server_alone


def _schema(name: str) -> list[str]:
    """All statements of the schema, sorted: Django's order of plans may differ, tables and their parts may not."""
    role = settings.DATABASE_ROLES["owner"]
    where = {key: str(connection.settings_dict[key]) for key in ("HOST", "PORT")}
    arguments = [program("pg_dump"), "--schema-only", f"--dbname={name}", f"--host={where['HOST']}", f"--port={where['PORT']}"]
    made = subprocess.run(
        [*arguments, f"--username={role['USER']}"],
        env={"PGPASSWORD": str(role["PASSWORD"])},
        capture_output=True,
        text=True,
        check=True,
    )
    plain = re.sub(r"^(--.*|\\(?:un)?restrict .*)$", "", made.stdout, flags=re.MULTILINE)
    return sorted(line.strip().rstrip(",") for line in plain.splitlines() if line.strip())


@pytest.mark.full
def test_the_schema_is_djangos_own(django_db_setup: TestDatabase, django_db_blocker: pytest.FixtureRequest) -> None:
    database, serving = "pumpurs_by_django", connection.settings_dict["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            ours = _schema(django_db_setup.template)
            connection.close()
            with server_alone() as server:
                drop(server, database)
                create(server, database)
            connection.settings_dict["NAME"] = database
            serve_as("owner")
            call_command(migrate.Command(), verbosity=0, interactive=False)
            assert _schema(database) == ours
            assert len(ours) > 3_000
        finally:
            connection.close()
            with server_alone() as server:
                drop(server, database)
                drop(server, database + SUFFIX)
            connection.settings_dict["NAME"] = serving
            serve_as("app")


def test_a_step_that_only_adds_renders_only_its_model() -> None:
    from django.db import models
    from django.db.migrations.state import ModelState

    state = GrowingState(real_apps=set())
    state.growing = True
    key = models.BigAutoField(primary_key=True)
    state.add_model(ModelState("shelf", "Book", [("id", key)]))
    book = state.apps.get_model("shelf", "book")
    state.add_model(ModelState("shelf", "Page", [("id", key), ("book", models.ForeignKey("shelf.Book", models.CASCADE))]))
    assert state.apps.get_model("shelf", "book") is book
    assert {relation.name for relation in book._meta.related_objects} == {"page"}
    page = state.apps.get_model("shelf", "page")
    state.add_constraint("shelf", "page", models.UniqueConstraint(fields=["book"], name="one_page"))
    assert state.apps.get_model("shelf", "page") is not page
    assert [each.name for each in state.apps.get_model("shelf", "page")._meta.constraints] == ["one_page"]
    state.clear_delayed_apps_cache()
    assert state.apps.get_model("shelf", "page")._meta.get_field("book").related_model is state.apps.get_model("shelf", "book")

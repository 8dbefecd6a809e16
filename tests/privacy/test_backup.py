"""Back-up and restore: every row comes back, policies hold, and nobody who was erased comes back with it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from backend.accounts.scope import scoped
from backend.cases.learners.identity import identities, set_identity
from backend.cases.learners.models import Learner
from backend.core.database.roles import acting_as
from backend.core.trail.guards import missing_guards
from backend.core.trail.sealing import seal
from backend.core.trail.verification import Report, verify
from backend.core.vault import store
from backend.core.vault.keys import keys_of
from backend.privacy.backup.making import Backup, backup, conninfo
from backend.privacy.backup.restoring import RestoreError, restore
from backend.privacy.erasure import erase_learner
from tests.factories.cast import Cast
from tests.factories.rows import STATE, whole_state


@pytest.fixture
def folders(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Back-ups of this test alone; databases it made are dropped."""
    settings.BACKUP_ROOT, settings.KEY_BACKUP_ROOT = tmp_path / "dumps", tmp_path / "keys"
    yield tmp_path
    connection.close()
    name = connection.settings_dict["NAME"]
    with psycopg.connect(conninfo("owner", database="postgres"), autocommit=True) as server:
        for (made,) in server.execute(
            "select datname from pg_database where datname like %s or datname = %s", [name + "_before_%", name + "_copy"]
        ).fetchall():
            server.execute(f'drop database "{made}" with (force)')


@pytest.fixture
def saved(committed: Cast, folders: Path) -> tuple[Cast, Backup]:
    """The cast with two codes, sealed, backed up."""
    for name, scope, code in (("Anna", committed.scope("author of maple"), "050408-21234"), ("Bruno", STATE, "328673-00679")):
        with scoped(scope):
            set_identity(learner=committed.learners[name], personal_code=code)
    seal()
    return committed, backup()


def _prove() -> Report:
    with acting_as("loader"):
        return verify()


def test_a_restore_brings_back_what_was_and_forgets_again(saved: tuple[Cast, Backup]) -> None:
    cast, made = saved
    anna, bruno = cast.learners["Anna"].pk, cast.learners["Bruno"].pk
    erase_learner(scope=cast.scope("data protection officer"), learner_id=anna, reason="Request 17")
    with whole_state():
        Learner.objects.filter(pk=bruno).update(family_name="Later")
    seal()

    done = restore(file=made.dump)

    assert done.rows == made.rows
    assert done.erased_again == 1
    with scoped(STATE):
        assert Learner.objects.get(pk=bruno).family_name == "Paraudziņa", "the later change is gone"
        assert Learner.objects.get(pk=anna).given_name == "", "the erasure is not"
        codes = {key: row.personal_code for key, row in identities(scope=STATE, learner_ids=[anna, bruno]).items()}
    assert codes == {anna: None, bruno: "32867300679"}
    assert keys_of([anna]) == {}
    assert missing_guards() == []
    with scoped(cast.scope("author of maple")):
        assert Learner.objects.count() == 3, "row security stands"
    assert Learner.objects.count() == 0


def test_the_trail_goes_on_after_a_restore(saved: tuple[Cast, Backup]) -> None:
    _, made = saved
    with whole_state():
        Learner.objects.update(family_name="Lost")
    seal()
    restore(file=made.dump)
    report = _prove()
    assert report.findings == []
    assert "1 lost" in report.restores[0]
    with whole_state():
        Learner.objects.update(family_name="Anew")
    block = seal()
    assert block is not None
    assert block.entries >= 7
    report = _prove()
    assert (report.findings, report.tail) == ([], 0)


def test_a_server_that_counts_from_lower_loses_no_entry(saved: tuple[Cast, Backup]) -> None:
    """A dump may come from a server with a higher transaction counter: the clock's base makes up for it."""
    from backend.core.database.security import reapply

    cast, _ = saved
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("update trail.clock set base = base + 1000000")
        reapply(cursor)
    with whole_state():
        Learner.objects.update(family_name="High")
    assert seal() is not None
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("update trail.clock set base = 0")  # what a lower counter looks like
        reapply(cursor)
        cursor.execute("select base from trail.clock")
        assert cursor.fetchone()[0] > 1_000_000
    with whole_state():
        Learner.objects.update(family_name="Higher")
    block = seal()
    assert block is not None
    assert block.entries == 7
    assert _prove().findings == []
    assert cast.learners


def test_restoring_beside_replaces_nothing(saved: tuple[Cast, Backup]) -> None:
    _, made = saved
    with whole_state():
        Learner.objects.update(family_name="Now")
    name = connection.settings_dict["NAME"]
    done = restore(file=made.dump, into=name + "_copy")
    assert (done.database, done.former) == (name + "_copy", "")
    with scoped(STATE):
        assert set(Learner.objects.values_list("family_name", flat=True)) == {"Now"}
    with pytest.raises(RestoreError, match="exists already"):
        restore(file=made.dump, into=name + "_copy")


def test_rows_that_do_not_add_up_stop_it(saved: tuple[Cast, Backup]) -> None:
    cast, made = saved
    manifest = json.loads(made.manifest.read_text())
    manifest["rows"]["public.learners_learner"] += 1
    made.manifest.write_text(json.dumps(manifest))
    with pytest.raises(RestoreError, match=r"public\.learners_learner"):
        restore(file=made.dump)
    with scoped(STATE):
        assert Learner.objects.count() == len(cast.learners), "what stood before still stands"
    made.dump.write_bytes(made.dump.read_bytes() + b"x")
    with pytest.raises(RestoreError, match="not the file"):
        restore(file=made.dump)


def test_a_database_in_use_is_not_replaced(saved: tuple[Cast, Backup]) -> None:
    _, made = saved
    with psycopg.connect(conninfo("app")) as web:
        web.execute("select 1")
        with pytest.raises(CommandError, match="Stop the web processes"):
            call_command("restore", str(made.dump))


def test_an_old_key_store_brings_no_destroyed_key_back(saved: tuple[Cast, Backup]) -> None:
    cast, made = saved
    anna, bruno = cast.learners["Anna"].pk, cast.learners["Bruno"].pk
    erase_learner(scope=cast.scope("data protection officer"), learner_id=anna, reason="Request 17")
    call_command("restore", "--keys", str(made.keys))
    assert set(keys_of([anna, bruno])) == {bruno}
    with store.pool().connection() as keystore:
        assert keystore.execute("select count(*) from erasure").fetchone() == (1,)


def test_key_dumps_are_short_lived_and_private(committed: Cast, folders: Path, settings: Any) -> None:
    first = backup()
    week = time.time() - (settings.KEY_BACKUP_DAYS + 1) * 86_400
    os.utime(first.keys, (week, week))
    time.sleep(1.1)  # names carry the second
    second = backup()
    assert not first.keys.exists()
    assert first.dump.exists()
    for path in (second.dump, second.keys, second.manifest):
        assert path.stat().st_mode & 0o077 == 0
    assert second.keys.parent != second.dump.parent

"""Sealing and verifying: what is sealed stays provable, and whatever is done to it is found and named."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from backend.accounts.read_log import LearnerRead, record_reads
from backend.accounts.roles import Area
from backend.accounts.scope import scoped
from backend.cases.learners.models import Learner
from backend.core.database.roles import acting_as
from backend.core.trail.context import Channel
from backend.core.trail.functions import sealer
from backend.core.trail.sealing import anchor_heads, seal, seal_all
from backend.core.trail.tables import trail_tables
from backend.core.trail.tasks import seal as seal_task
from backend.core.trail.verification import Damage, Report, merkle_root, verify
from backend.privacy.backup.making import conninfo
from tests.factories.cast import Cast
from tests.factories.rows import STATE, whole_state


def _prove(*, live: bool = True) -> Report:
    with acting_as("loader"):
        return verify(live=live)


def _read_some(cast: Cast) -> None:
    with scoped(cast.scope("author of maple")):
        reads = [LearnerRead(cast.learners["Anna"].pk, cast.schools["maple"].pk, "lrn", cast.learners["Anna"].pk)] * 20
        record_reads(scope=cast.scope("author of maple"), reads=reads, area=Area.LEARNERS, channel=Channel.CASE_API)


def test_an_empty_trail_is_sound(transactional_db: None) -> None:
    while seal():
        pass
    assert seal() is None
    assert _prove().sound


def test_entries_are_sealed_once_and_the_tail_is_told(committed: Cast) -> None:
    before = _prove()
    assert (before.blocks, before.sound) == (0, True)
    assert before.tail >= 80
    assert before.tail_since is not None
    block = seal()
    assert block is not None
    assert block.entries == before.tail
    assert seal() is None, "nothing is sealed twice"
    _read_some(committed)
    with whole_state():
        Learner.objects.update(family_name="Cita")
    after = _prove()
    assert (after.entries, after.tail) == (block.entries, 27)
    assert seal_task.call() == 27
    report = _prove()
    assert (report.blocks, report.tail, report.unanchored, report.findings) == (2, 0, 0, [])


def test_a_late_commit_is_never_skipped(committed: Cast) -> None:
    """One transaction writes, another overtakes it and is sealed; the first commits after and is in the next block."""
    anna = committed.learners["Anna"].pk
    with psycopg.connect(conninfo("loader")) as slow:
        slow.execute("update learners_learner set given_name = 'Late' where id = %s", [anna])
        with whole_state():
            Learner.objects.filter(pk=committed.learners["Bruno"].pk).update(given_name="Quick")
        while seal():
            pass
        assert _prove().tail >= 1, "the quick one is younger than the slow one, so it waits too"
        slow.commit()
    while seal():
        pass
    report = _prove()
    assert (report.tail, report.findings) == (0, [])
    with scoped(STATE), connection.cursor() as cursor:
        cursor.execute("select count(*) from trail.learners_learner where given_name in ('Late', 'Quick')")
        assert cursor.fetchone()[0] == 2


def test_sealers_at_once_make_one_chain(committed: Cast) -> None:
    def work() -> None:
        for _ in range(5):
            with whole_state():
                Learner.objects.update(family_name="Cita")
            seal()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while seal():
        pass
    report = _prove()
    assert (report.tail, report.findings) == (0, [])
    assert report.entries >= 140
    assert report.blocks >= 4


@pytest.fixture
def blocks_of_ten(committed: Cast) -> Iterator[None]:
    """The sealer with a limit that a test reaches."""
    with connection.cursor() as cursor:
        cursor.execute("select base from trail.clock")
        (base,) = cursor.fetchone()
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute(sealer(trail_tables(), base=base, enough=10))
    yield
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute(sealer(trail_tables(), base=base))


def test_a_large_transaction_is_divided(committed: Cast, blocks_of_ten: None) -> None:
    """Small transactions are joined, whole; one of more than twenty entries has blocks of ten of its own, and all verify."""
    list(seal_all())
    for change in range(3):
        with whole_state():
            Learner.objects.filter(pk=committed.learners["Anna"].pk).update(family_name=f"Maza {change}")
    with whole_state():
        for change in range(8):
            Learner.objects.update(family_name=f"Liela {change}")
        count = 8 * Learner.objects.count()
    with whole_state():
        Learner.objects.filter(pk=committed.learners["Anna"].pk).update(family_name="Pēdējā")
    blocks = list(seal_all())
    parts = -(-count // 10)
    assert [block.entries for block in blocks] == [3, *[10] * (parts - 1), count - 10 * (parts - 1), 1]
    report = _prove()
    assert (report.tail, report.findings) == (0, [])
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("select trail_id from trail.learners_learner where family_name = 'Liela 4' limit 1")
        (entry,) = cursor.fetchone()
        cursor.execute("update trail.learners_learner set family_name = 'Cita' where trail_id = %s", [entry])
    (finding,) = _prove(live=False).findings
    assert (finding.damage, finding.entry) == (Damage.EDITED, entry)


def test_the_tail_of_a_divided_transaction_is_told_and_its_loss_found(committed: Cast, blocks_of_ten: None) -> None:
    list(seal_all())
    with whole_state():
        for change in range(8):
            Learner.objects.update(family_name=f"Liela {change}")
        count = 8 * Learner.objects.count()
    assert seal() is not None
    report = _prove()
    assert (report.tail, report.findings) == (count - 10, [])
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("select max(entry) from trail.block, unnest(entry_ids) entry")
        (last,) = cursor.fetchone()
        cursor.execute("delete from trail.learners_learner where trail_id > %s", [last])
    assert seal() is not None, "a block of nothing says that there was more"
    assert seal() is None
    assert _prove(live=False).findings == []
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("update trail.block set to_entry = to_entry + 1 where to_entry > 0")
    assert {finding.damage for finding in _prove(live=False).findings} >= {Damage.BLOCK, Damage.CHAIN}


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 100])
def test_both_ways_to_the_root_agree(committed: Cast, count: int) -> None:
    """The sealer computes the root in the database, the verifier in Python."""
    while seal():
        pass
    learners = list(committed.learners.values())
    for start in range(0, count, len(learners)):
        with whole_state():
            keys = [learner.pk for learner in learners[: count - start]]
            Learner.objects.filter(pk__in=keys).update(family_name=f"Cita {start}")
    block = seal()
    assert block is not None
    assert block.entries == count
    assert _prove().sound
    assert merkle_root([b"x" * 32]) == b"x" * 32


@pytest.mark.parametrize("tries", [200, pytest.param(1_000, marks=pytest.mark.full)])
def test_anything_done_to_a_random_row_is_found_and_named(as_owner: Cast, tries: int) -> None:
    """Again and again: edit, delete, insert or swap sealed entries as the owner of the tables, and look."""
    with acting_as("app"):
        _read_some(as_owner)
        with whole_state():
            Learner.objects.update(family_name="Cita")
        while seal():
            pass
    assert verify().sound
    chance = random.Random(20171124)
    rows = _all_entries()
    assert len(rows) > 80
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(tries):
            table, entry = chance.choice(rows)
            attack = chance.choice([_edit, _edit, _edit, _delete, _insert, _swap])
            mark = transaction.savepoint()
            expected = attack(cursor, chance, table, entry)
            report = verify(live=False, guards=False)
            named = {(finding.damage, finding.entry) for finding in report.findings}
            assert expected & named, f"{attack.__name__} of {table} {entry}: {expected} is not among {report.findings}"
            transaction.savepoint_rollback(mark)
        transaction.set_rollback(True)


def _all_entries() -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    with connection.cursor() as cursor:
        for table in trail_tables():
            cursor.execute(f"select trail_id from {table.quoted}")
            found += [(table.name, key) for (key,) in cursor.fetchall()]
    return found


def _columns(cursor: Any, table: str) -> list[tuple[str, str]]:
    cursor.execute(
        "select column_name, data_type from information_schema.columns where table_schema = 'trail' and table_name = %s", [table]
    )
    return list(cursor.fetchall())


_OTHER = {
    "uuid": "gen_random_uuid()",
    "bigint": "coalesce({c}, 0) + 1",
    "integer": "coalesce({c}, 0) + 1",
    "smallint": "coalesce({c}, 0) + 1",
    "boolean": "not coalesce({c}, false)",
    "numeric": "coalesce({c}, 0) + 0.01",
    "date": "coalesce({c}, date '2000-01-01') + 1",
    "time without time zone": "coalesce({c}, time '00:00') + interval '1 minute'",
    "timestamp with time zone": "coalesce({c}, now()) + interval '1 microsecond'",
    "bytea": "coalesce({c}, ''::bytea) || '\\x00'::bytea",
    '"char"': "'X'",
    "ARRAY": "{c}[2:] || {c}[1:1] || {c}[1:1]",
}


def _edit(cursor: Any, chance: random.Random, table: str, entry: int) -> set[tuple[Damage, int | None]]:
    """Change one column by a little. (Moving an entry's number or window shows as gone or never sealed.)"""
    column, kind = chance.choice([pair for pair in _columns(cursor, table) if pair[1] != "ARRAY"])
    value = _OTHER.get(kind, "coalesce({c}, '') || ' '").format(c=f'"{column}"')
    cursor.execute(f'update trail."{table}" set "{column}" = {value} where trail_id = %s', [entry])
    assert cursor.rowcount == 1
    return {(kind, entry) for kind in (Damage.EDITED, Damage.DELETED, Damage.TOMBSTONE)}


def _delete(cursor: Any, chance: random.Random, table: str, entry: int) -> set[tuple[Damage, int | None]]:
    cursor.execute(f'delete from trail."{table}" where trail_id = %s', [entry])
    return {(Damage.DELETED, entry)}


def _insert(cursor: Any, chance: random.Random, table: str, entry: int) -> set[tuple[Damage, int | None]]:
    """A copy with a number of its own, inside a sealed window."""
    columns = [name for name, _ in _columns(cursor, table) if name != "trail_id"]
    listed = ", ".join(f'"{name}"' for name in columns)
    made = 10_000_000 + chance.randrange(1_000_000)
    cursor.execute(
        f'insert into trail."{table}" (trail_id, {listed}) select %s, {listed} from trail."{table}" where trail_id = %s',
        [made, entry],
    )
    return {(Damage.INSERTED, made)}


def _swap(cursor: Any, chance: random.Random, table: str, entry: int) -> set[tuple[Damage, int | None]]:
    """Two entries of one table exchange their contents (all but the number); alone, an entry is copied over itself."""
    cursor.execute(f'select trail_id from trail."{table}" where trail_id <> %s order by trail_id', [entry])
    others = [key for (key,) in cursor.fetchall()]
    if not others:
        return _edit(cursor, chance, table, entry)
    other = chance.choice(others)
    cursor.execute(f'update trail."{table}" set trail_id = -1 where trail_id = %s', [entry])
    cursor.execute(f'update trail."{table}" set trail_id = %s where trail_id = %s', [entry, other])
    cursor.execute(f'update trail."{table}" set trail_id = %s where trail_id = -1', [other])
    return {(Damage.EDITED, entry)}


@pytest.mark.parametrize(
    ("statement", "damage"),
    [
        ("update trail.block set root = sha256(root) where number = 1", Damage.BLOCK),
        ("update trail.block set leaves = overlay(leaves placing '\\x00' from 1) where number = 1", Damage.BLOCK),
        ("update trail.block set closed_at = closed_at - interval '1 day' where number = 1", Damage.BLOCK),
        ("update trail.block set previous_head = sha256('') where number = 2", Damage.CHAIN),
        ("update trail.block set head = sha256(head) where number = 2", Damage.ANCHOR),
        ("delete from trail.block where number = 1", Damage.CHAIN),
        ("delete from trail.block where number = 2", Damage.ANCHOR),
        ("update trail.learners_learner set trail_erased = sha256(''), trail_salt = null, given_name = ''", Damage.TOMBSTONE),
        ("update learners_learner set given_name = given_name || 'x' where false", None),
    ],
)
def test_damage_to_blocks_and_false_tombstones_are_found(as_owner: Cast, statement: str, damage: Damage | None) -> None:
    with acting_as("app"):
        seal()
        with whole_state():
            Learner.objects.update(family_name="Cita")
        seal()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        found = {finding.damage for finding in verify().findings}
        transaction.set_rollback(True)
    assert damage in found if damage else not found


def test_a_trail_rewritten_consistently_differs_from_its_anchors(as_owner: Cast) -> None:
    """Whoever can write everything may edit a row and seal all anew; the anchors outside still tell."""
    with acting_as("app"):
        seal()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update trail.learners_learner set given_name = 'Cita'")
        cursor.execute("delete from trail.block")
        cursor.execute("select number from trail.seal()")
        findings = verify(live=False).findings
        transaction.set_rollback(True)
    assert [finding.damage for finding in findings] == [Damage.ANCHOR]


def test_heads_that_a_cut_left_unanchored_are_anchored_next(committed: Cast, trail_files: Path) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select number from trail.seal()")
    assert _prove().unanchored == 1
    assert anchor_heads() == 1
    assert _prove().unanchored == 0
    assert len((trail_files / "anchors.log").read_text().splitlines()) == 1


def test_the_commands_tell_and_fail(committed: Cast) -> None:
    out, err = StringIO(), StringIO()
    call_command("seal_trail", stdout=out)
    call_command("verify_trail", stdout=out)
    assert "The trail is sound." in out.getvalue()
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("delete from trail.plans_measure where trail_id = (select min(trail_id) from trail.plans_measure)")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_trail", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert "is gone" in err.getvalue()

"""Forgetting: planted canaries are afterwards nowhere but in ciphertext without a key, and trail and counts still hold."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from backend.accounts.read_log import LearnerRead, record_reads
from backend.accounts.roles import Area
from backend.accounts.scope import scoped
from backend.cases.learners.identity import identities, set_identity
from backend.cases.learners.models import Learner, LearnerIdentity
from backend.cases.plans import notes
from backend.core.database.roles import acting_as
from backend.core.identifiers import public_id
from backend.core.trail.context import Channel, noted
from backend.core.trail.declarations import audited_tables
from backend.core.trail.history import versions
from backend.core.trail.sealing import seal
from backend.core.trail.verification import Report, verify
from backend.core.vault import store
from backend.core.vault.keys import keys_of
from backend.privacy import erasure
from backend.privacy.backup.making import conninfo
from backend.privacy.backup.programs import program
from backend.privacy.erasure import ErasureRefusedError, NoSuchLearnerError, erase_learner, reapply_erasures
from backend.privacy.residue import sweep
from tests.factories.cast import Cast
from tests.factories.rows import STATE, ConsultationFactory

CANARIES = {
    "given name": "Kanārija",
    "family name": "Putnubērna",
    "code": "05040821234",
    "phone": "29765431",
    "e-mail": "kanarija@paraugs.example",
    "guardian": "Vecmāmiņa Putnubērna",
    "note": "Kanārijas piezīme par ģimeni",
    "topic": "Kanārijas temats",
    "measure note": "Kanārijas pasākuma piezīme",
    "result": "Kanārijas izvērtējums",
    "reason": "Kanārijas labojuma iemesls",
    "purpose": "Kanārijas skatīšanas mērķis",
}
STEMS = ("anārij", "anarij", "utnubērn", "utnubern", "05040821234", "050408-21234", "29765431", "Vecmāmiņa")
"""Pieces that give the canaries away, also in search keys."""


@pytest.fixture
def canary(committed: Cast) -> Cast:
    """Anna, with words that occur nowhere else in every place that takes words, changed and read and sealed."""
    scope = committed.scope("author of maple")
    anna, provider = committed.learners["Anna"], committed.staff["provider of maple"]
    with scoped(scope), noted(channel=Channel.WORKSPACE, reason=CANARIES["reason"]):
        anna.given_name, anna.family_name = CANARIES["given name"], CANARIES["family name"]
        anna.sort_key, anna.search_key = "PUTNUBERNA KANARIJA", "kanarija putnuberna kanarija"
        anna.save()
        set_identity(
            learner=anna,
            personal_code=CANARIES["code"],
            phone=CANARIES["phone"],
            email=CANARIES["e-mail"],
            guardian=CANARIES["guardian"],
        )
        plan = committed.plans["Anna"]
        plan.result_text = CANARIES["result"]
        plan.save()
        measure = plan.measures.get(category="CONSULTATION")
        measure.note = CANARIES["measure note"]
        measure.save()
        notes.write_note(learner=anna, institution_id=committed.schools["maple"].pk, kind="FAMILY", text=CANARIES["note"])
        reads = [LearnerRead(anna.pk, committed.schools["maple"].pk, "lrn", anna.pk)]
        record_reads(scope=scope, reads=reads, area=Area.LEARNERS, channel=Channel.CASE_API, purpose=CANARIES["purpose"])
    with scoped(committed.scope("provider of maple")), noted(channel=Channel.WORKSPACE, reason=CANARIES["reason"]):
        ConsultationFactory(measure=measure, topic=CANARIES["topic"], provider=provider, held_on=dt.date(2023, 2, 7))
    seal()
    with scoped(scope):  # some history stays unsealed
        Learner.objects.filter(pk=anna.pk).update(given_name=CANARIES["given name"] + " Otrā")
    return committed


def _dumped(where: str) -> str:
    """A real dump in plain text, statistics of the planner included."""
    arguments = [program("pg_dump"), "--statistics", where]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def _prove() -> Report:
    with acting_as("loader"):
        return verify()


def _erase(cast: Cast, name: str = "Anna") -> Any:
    scope = cast.scope("data protection officer")
    return erase_learner(scope=scope, learner_id=cast.learners[name].pk, reason="Request 2023/17")


def _places() -> str:
    return _dumped(conninfo("loader")) + _dumped(store.conninfo("loader"))


def test_nothing_of_the_learner_is_left(canary: Cast) -> None:
    anna = canary.learners["Anna"].pk
    before = _places()
    for stem in ("anārij", "utnubērn", "utnuberna"):
        assert stem in before, "the canary sings before"
    ciphers = _ciphers()
    assert len(ciphers) == 5
    with scoped(STATE):
        counts = {declared.table: declared.model_class._default_manager.count() for declared in audited_tables()}
    cache.clear()

    erased = _erase(canary)

    assert erased.key_destroyed
    assert erased.rows["trail.learners_learner"] >= 3
    assert keys_of([anna]) == {}
    sweep()
    after = _places()
    for stem in STEMS:
        assert stem not in after, stem
    assert not any(cipher in after for cipher in ciphers), "even the ciphertexts are gone"
    assert str(anna) in after, "the tombstone stands"
    with scoped(STATE):
        assert counts == {declared.table: declared.model_class._default_manager.count() for declared in audited_tables()}
        assert Learner.objects.get(pk=anna).erased_at is not None
        assert identities(scope=STATE, learner_ids=[anna])[anna].personal_code is None
        assert all(version.erased or version.reason == "erasure" for version in versions(model=Learner, key=anna))
    with scoped(STATE):
        assert canary.learners["Bruno"].given_name in after, "nobody else is touched"
    _nothing_on_the_disk()


def _ciphers() -> list[str]:
    with scoped(STATE):
        row = LearnerIdentity.objects.exclude(code_cipher=None).get()
        (note,) = notes.notes(scope=STATE)
        stored = (row.code_cipher, row.phone_cipher, row.email_cipher, row.guardian_cipher, note.body_cipher)
    return [bytes(cipher).hex() for cipher in stored if cipher]


def _nothing_on_the_disk() -> None:
    """The server's log, and the files of tables, indexes and the planner's samples, where the server is on this machine."""
    with psycopg.connect(conninfo("owner"), autocommit=True) as database:
        relations = database.execute(
            "select pg_relation_filepath(c.oid), c.oid::regclass::text"
            " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'i', 't') and n.nspname in ('public', 'trail', 'pg_toast', 'pg_catalog')"
        ).fetchall()
        database.execute("select 1")
    folder = Path(connection.settings_dict["HOST"]).parent
    if not (folder / "data" / "PG_VERSION").exists():
        pytest.skip("The server's files are not on this machine.")
    with psycopg.connect(
        host=connection.settings_dict["HOST"],
        dbname=connection.settings_dict["NAME"],
        user="postgres",
        password=(folder / "superuser").read_text().strip(),
        autocommit=True,
    ) as server:
        server.execute("checkpoint")
    looked_at = 0
    for path, name in relations:
        file = folder / "data" / path if path else None
        if file is not None and file.exists():
            content = file.read_bytes()
            looked_at += 1
            assert not [stem for stem in STEMS if stem.encode() in content], name
    assert looked_at > 200
    log = (folder / "server.log").read_bytes()
    assert not [stem for stem in STEMS if stem.encode() in log]


def test_the_trail_is_as_sound_as_before(canary: Cast) -> None:
    assert _prove().findings == []
    sealed_before = _prove().entries
    _erase(canary)
    report = _prove()
    assert report.findings == []
    assert report.tombstones >= 10
    seal()
    report = _prove()
    assert (report.findings, report.tail) == ([], 0)
    assert report.entries > sealed_before


def test_a_tombstone_keeps_what_it_did_not_lose(canary: Cast) -> None:
    """The columns that an erasure leaves are still committed to: editing one is found."""
    _erase(canary)
    seal()
    with acting_as("owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "update trail.delivery_consultation set held_on = held_on + 1 where trail_erased is not null returning trail_id"
        )
        edited = {key for (key,) in cursor.fetchall()}
        found = {finding.entry for finding in verify(live=False).findings}
        transaction.set_rollback(True)
    assert edited
    assert found == edited


def test_only_a_data_protection_officer_erases(canary: Cast) -> None:
    anna = canary.learners["Anna"].pk
    for person in ("agency", "administrator", "author of maple", "auditor"):
        with pytest.raises(ErasureRefusedError):
            erase_learner(scope=canary.scope(person), learner_id=anna, reason="x")
        refused = pytest.raises(DatabaseError, match="Only a data protection officer")
        with refused, scoped(canary.scope(person)), connection.cursor() as cursor:  # the database asks again
            cursor.execute("select trail.erase_learner(%s, 'x')", [anna])
    assert keys_of([anna])
    with pytest.raises(NoSuchLearnerError):
        erase_learner(scope=canary.scope("data protection officer"), learner_id=canary.schools["maple"].pk, reason="x")
    with pytest.raises(RuntimeError), transaction.atomic():
        _erase(canary)


def test_an_erasure_that_was_cut_off_is_completed(canary: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*args: object) -> None:
        raise KeyboardInterrupt

    anna = canary.learners["Anna"].pk
    with monkeypatch.context() as patched:
        patched.setattr(erasure, "_blank", cut)
        with pytest.raises(KeyboardInterrupt):
            _erase(canary)
    assert keys_of([anna]) == {}, "the key went first"
    (done,) = reapply_erasures()
    assert done.rows["learners_learner"] == 1
    assert reapply_erasures()[0].rows.get("learners_learner") is None, "the second time there is nothing left to do"
    assert "anārij" not in _places()
    assert _prove().findings == []


def test_the_command_asks_for_an_officer(canary: Cast) -> None:
    anna = public_id(tag="lrn", key=canary.learners["Anna"].pk)
    with pytest.raises(CommandError, match="Only a data protection officer"):
        call_command("erase_learner", anna, "--as", canary.staff["agency"].username, "--reason", "x")
    call_command("erase_learner", anna, "--as", canary.staff["data protection officer"].username, "--reason", "Request 17")
    with scoped(STATE):
        assert Learner.objects.exclude(erased_at=None).count() == 1

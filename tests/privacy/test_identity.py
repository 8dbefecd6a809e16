"""Codes, contacts and restricted notes: stored as ciphertext, opened in scope, found by the blind index."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from backend.accounts.scope import scoped
from backend.cases.learners.identity import EMAIL, identities, learners_with_code, set_identity
from backend.cases.learners.models import LearnerIdentity
from backend.cases.plans import notes
from backend.core.trail.context import Channel
from backend.core.trail.history import versions
from backend.core.trail.models import ReadEntry
from backend.core.vault import store
from backend.core.vault.blind_index import blind_index
from backend.core.vault.cipher import UnreadableError, decrypt, decrypt_many, encrypt
from backend.core.vault.keys import ErasedError, destroy_key, keys_of
from backend.core.vault.master import MasterKeyError, drop_master_keys, master_keys
from tests.factories.cast import Cast

CODE = "050408-21234"


def _identify(cast: Cast, name: str, person: str, **fields: Any) -> list[str]:
    with scoped(cast.scope(person)):
        return set_identity(learner=cast.learners[name], **fields)


def test_code_and_contacts_are_stored_as_ciphertext_only(cast: Cast) -> None:
    anna = cast.learners["Anna"].pk
    fields = {"personal_code": CODE, "phone": "+371 29111222", "email": "anna@paraugs.example", "guardian": "Māte, 29333444"}
    _identify(cast, "Anna", "author of maple", **fields)
    with scoped(cast.scope("author of maple")):
        with connection.cursor() as cursor:
            cursor.execute("select to_jsonb(t)::text from learners_learneridentity t")
            live = cursor.fetchone()[0]
        history = str([version.values for version in versions(model=LearnerIdentity, key=LearnerIdentity.objects.get().pk)])
        opened = identities(scope=cast.scope("author of maple"), learner_ids=[anna])[anna]
    for text in ("050408", "0504082", "29111222", "paraugs", "Māte"):
        assert text not in live
        assert text not in history
    assert (opened.personal_code, opened.phone, opened.email) == ("05040821234", "+371 29111222", "anna@paraugs.example")
    assert opened.guardian == "Māte, 29333444"


def test_identities_open_in_scope_only_and_only_what_is_asked(cast: Cast) -> None:
    anna = cast.learners["Anna"].pk
    _identify(cast, "Anna", "author of maple", personal_code=CODE, email="anna@paraugs.example")
    for person in ("author of birch", "head of linden", "researcher", "expert", "data protection officer"):
        scope = cast.scope(person)
        with scoped(scope):
            assert identities(scope=scope, learner_ids=[anna]) == {}, person
    scope = cast.scope("coordinator of madona")
    with scoped(scope):
        only = identities(scope=scope, learner_ids=[anna], fields=[EMAIL])[anna]
    assert (only.email, only.personal_code) == ("anna@paraugs.example", None)


def test_a_code_is_found_in_either_writing_inside_the_scope(cast: Cast) -> None:
    _identify(cast, "Anna", "author of maple", personal_code=CODE)
    _identify(cast, "Cecīlija", "author of birch", personal_code="05040821234")
    for written in (CODE, "05040821234"):
        found = {}
        for person in ("author of maple", "author of birch", "agency", "head of linden"):
            scope = cast.scope(person)
            with scoped(scope):
                found[person] = {row.given_name for row in learners_with_code(scope=scope, personal_code=written)}
        assert found["author of maple"] == {"Anna"}
        assert found["author of birch"] == {"Cecīlija"}, "the same code elsewhere neither refuses nor tells"
        assert found["agency"] == {"Anna", "Cecīlija"}
        assert found["head of linden"] == set()
    scope = cast.scope("agency")
    with scoped(scope):
        assert not learners_with_code(scope=scope, personal_code="nonsense").exists()


def test_what_is_wrong_is_refused_and_what_is_doubtful_is_said(cast: Cast) -> None:
    for fields in ({}, {"personal_code": CODE, "no_code_reason": "both"}, {"personal_code": "999999-99999"}):
        with pytest.raises(ValidationError):
            _identify(cast, "Anna", "author of maple", **fields)
    assert len(_identify(cast, "Anna", "author of maple", personal_code="050408-21230")) == 1, "check digit"
    assert len(_identify(cast, "Anna", "author of maple", personal_code="060408-21230")) == 2, "and birth date"
    assert _identify(cast, "Anna", "author of maple", no_code_reason="Arrived in September, the code is applied for") == []
    with scoped(cast.scope("author of maple")):
        row = LearnerIdentity.objects.get()
    assert (row.code_index, row.code_cipher) == ("", None)


def test_a_ciphertext_opens_only_where_it_belongs(db: None) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    cipher = encrypt(learner_id=one, field="phone", text="29111222")
    encrypt(learner_id=other, field="phone", text="x")
    assert decrypt(learner_id=one, field="phone", cipher=cipher) == "29111222"
    assert encrypt(learner_id=one, field="phone", text="29111222") != cipher
    changed = cipher[:-1] + bytes([cipher[-1] ^ 1])
    for learner, field, stored in (
        (other, "phone", cipher),
        (one, "email", cipher),
        (one, "phone", changed),
        (one, "phone", b"?"),
    ):
        with pytest.raises(UnreadableError):
            decrypt(learner_id=learner, field=field, cipher=stored)
    assert decrypt(learner_id=uuid.uuid4(), field="phone", cipher=cipher) is None, "no key, no text"
    assert decrypt_many(field="phone", ciphers=[(one, None), (one, cipher)]) == [None, "29111222"]


def test_a_destroyed_key_never_comes_back(db: None) -> None:
    learner = uuid.uuid4()
    cipher = encrypt(learner_id=learner, field="phone", text="29111222")
    assert destroy_key(learner_id=learner, principal_id=None, reason="test")
    assert not destroy_key(learner_id=learner, principal_id=None, reason="test")
    assert decrypt(learner_id=learner, field="phone", cipher=cipher) is None
    with pytest.raises(ErasedError):
        encrypt(learner_id=learner, field="phone", text="29111222")


def test_the_serving_role_cannot_delete_or_replace_keys(db: None) -> None:
    import psycopg

    encrypt(learner_id=uuid.uuid4(), field="phone", text="x")
    with store.pool().connection() as keystore:
        for statement in ("delete from learner_key", "update learner_key set wrapped = ''", "delete from erasure"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                keystore.execute(statement)


def test_a_new_master_key_wraps_all_and_opens_all(db: None, tmp_path: Path, settings: Any) -> None:
    kept = settings.MASTER_KEY_FILE.read_text()
    settings.MASTER_KEY_FILE = tmp_path / "master_keys.json"
    settings.MASTER_KEY_FILE.write_text(kept)
    with store.pool().connection():
        pass
    learners = [uuid.uuid4() for _ in range(5)]
    ciphers = [encrypt(learner_id=learner, field="phone", text=str(n)) for n, learner in enumerate(learners)]
    before, index = keys_of(learners), blind_index(field="x", value="1")
    call_command("rotate_master_key")
    assert master_keys().current != json.loads(kept)["current"]
    assert keys_of(learners) == before
    drop_master_keys()
    assert decrypt_many(field="phone", ciphers=list(zip(learners, ciphers, strict=True))) == list("01234")
    assert blind_index(field="x", value="1") == index, "the index's key stays"
    settings.MASTER_KEY_FILE.write_text(kept)
    with pytest.raises(MasterKeyError, match="is not in"):
        keys_of(learners)
    with store.pool().connection():
        pass
    import psycopg

    with psycopg.connect(store.conninfo("owner")) as keystore:  # other tests keep the common file
        keystore.execute("delete from learner_key")


def test_no_master_key_is_made_for_a_store_that_holds_keys(db: None, tmp_path: Path, settings: Any) -> None:
    encrypt(learner_id=uuid.uuid4(), field="phone", text="x")
    settings.MASTER_KEY_FILE = tmp_path / "absent.json"
    with pytest.raises(MasterKeyError, match="is absent"):
        store.prepare()
    assert not settings.MASTER_KEY_FILE.exists()


def test_a_note_shows_that_it_stands_and_opens_by_a_logged_act(cast: Cast) -> None:
    author = cast.staff["author of maple"]
    scope = cast.scope("author of maple")
    words = "Vecāki šķiras; runāt tikai ar māti"
    with scoped(scope):
        note = notes.write_note(
            learner=cast.learners["Anna"], institution_id=cast.schools["maple"].pk, kind="FAMILY", text=words, author=author
        )
        assert notes.open_note(scope=scope, note_id=note.pk, channel=Channel.WORKSPACE, purpose="talk") == words
        entry = ReadEntry.objects.get()
    assert (entry.object_type, entry.object_id, entry.classes, entry.purpose) == ("note", note.pk, ["special"], "talk")
    for person, seen in (("provider of maple", True), ("agency", True), ("head of linden", False)):
        other = cast.scope(person)
        with scoped(other):
            assert notes.notes(scope=other).filter(pk=note.pk).exists() is seen, person
            assert notes.open_note(scope=other, note_id=note.pk, channel=Channel.WORKSPACE) is None, person
    with scoped(cast.scope("agency")):
        assert ReadEntry.objects.count() == 1, "a refused act leaves no read"
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from plans_restrictednote where position(%s in body_cipher) > 0", [words.encode()])
            assert cursor.fetchone()[0] == 0

"""Texts under a learner's key: AES-256-GCM, bound to the learner and the field they belong to.

Stored form: one byte of version, twelve of nonce, the ciphertext and its tag. A ciphertext that is moved to another
learner or another field does not open.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.core.vault.keys import key_for, keys_made, keys_of

VERSION = b"\x01"


class UnreadableError(Exception):
    """A ciphertext does not belong to this learner and field, or was changed."""


def encrypt(*, learner_id: UUID, field: str, text: str) -> bytes:
    """`text` under the learner's key (made when there is none). Raises ErasedError for a learner who was erased."""
    nonce = os.urandom(12)
    return VERSION + nonce + AESGCM(key_for(learner_id)).encrypt(nonce, text.encode(), _bound_to(learner_id, field))


def encrypt_many(*, texts: Iterable[tuple[UUID, str, str]]) -> list[bytes]:
    """(learner, field, text) of many learners, each under the learner's own key, in their order.

    Keys are made where there are none. Two looks into the key store however many there are, so keep the batches to some
    thousands. Raises ErasedError when one of the learners was erased.
    """
    batch = list(texts)
    learners = list(dict.fromkeys(learner for learner, _field, _text in batch))
    keys_made(learners)
    opened = {learner: AESGCM(key) for learner, key in keys_of(learners).items()}
    sealed = []
    for learner, field, text in batch:
        nonce = os.urandom(12)
        sealed.append(VERSION + nonce + opened[learner].encrypt(nonce, text.encode(), _bound_to(learner, field)))
    return sealed


def decrypt(*, learner_id: UUID, field: str, cipher: bytes | memoryview | None) -> str | None:
    """The text; None where there is no ciphertext or no key any more. Raises UnreadableError."""
    return decrypt_many(field=field, ciphers=[(learner_id, cipher)])[0]


def decrypt_many(*, field: str, ciphers: Iterable[tuple[UUID, bytes | memoryview | None]]) -> list[str | None]:
    """Texts of one field of many learners, in their order, with one look into the key store; None as in `decrypt`."""
    page = list(ciphers)
    needed = {learner for learner, cipher in page if cipher}
    keys = keys_of(needed) if needed else {}
    return [_open(keys.get(learner), learner, field, bytes(cipher)) if cipher else None for learner, cipher in page]


def _open(key: bytes | None, learner_id: UUID, field: str, cipher: bytes) -> str | None:
    if key is None:
        return None
    if cipher[:1] != VERSION:
        raise UnreadableError(f"{field} of learner {learner_id} is of an unknown form.")
    try:
        return AESGCM(key).decrypt(cipher[1:13], cipher[13:], _bound_to(learner_id, field)).decode()
    except InvalidTag:
        raise UnreadableError(f"{field} of learner {learner_id} does not open with the learner's key.") from None


def _bound_to(learner_id: UUID, field: str) -> bytes:
    return learner_id.bytes + field.encode()

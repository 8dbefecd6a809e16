"""Opaque, type-tagged public ids: `lrn_018f3c…` for the learner whose key is that UUID.

Keys are UUIDs everywhere: version 7 (time-ordered, kind to indexes) for things, random version 4 for persons, so that
a person's key says nothing about when they were registered. Rows loaded from reference lists derive theirs from the
list's code (version 5), so that they are the same in every installation.
"""

from __future__ import annotations

import os
import re
import time
import uuid

NAMESPACE = uuid.UUID("6f0f4c59-8ad1-5d0e-9d0a-7a0a5f0c8f11")
_SHAPE = re.compile(r"([a-z]{2,8})_([0-9a-f]{32})")


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562, version 7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def uuid_for(*, kind: str, code: str) -> uuid.UUID:
    """The stable key of a reference row, from its kind (a type tag) and its code."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{code}")


def public_id(*, tag: str, key: uuid.UUID) -> str:
    """Public form of a key."""
    return f"{tag}_{key.hex}"


def parse_public_id(value: str) -> tuple[str, uuid.UUID] | None:
    """(tag, key) of a public id, or None when it is malformed (which callers answer like an absent row)."""
    match = _SHAPE.fullmatch(value)
    return (match[1], uuid.UUID(hex=match[2])) if match else None


def key_of(value: str, *, tag: str) -> uuid.UUID | None:
    """The key in a public id of the expected type; None for a malformed one or another type's."""
    parsed = parse_public_id(value)
    return parsed[1] if parsed and parsed[0] == tag else None

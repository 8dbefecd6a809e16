"""Where the bytes of private files lie: under the private folder, by a random key that tells nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings


def new_key() -> str:
    """A place for new bytes: `cases/3f/3f…`."""
    name = secrets.token_hex(24)
    return f"cases/{name[:2]}/{name}"


def path_of(key: str) -> Path:
    """The file of a key. Raises ValueError for a key that would leave the private folder."""
    root = Path(settings.PRIVATE_MEDIA_ROOT).resolve()
    found = (root / key).resolve()
    if not found.is_relative_to(root):
        raise ValueError("The key leaves the private folder.")
    return found


def store(key: str, content: bytes) -> None:
    """Write new bytes, whole and flushed to the disk before this returns: a row never names half a file."""
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    with path.open("xb") as handle:
        os.fchmod(handle.fileno(), 0o640)
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def fetch(key: str) -> bytes:
    """The bytes. Raises FileNotFoundError where they are gone."""
    return path_of(key).read_bytes()


def discard(key: str) -> None:
    """Remove bytes that no row names."""
    path_of(key).unlink(missing_ok=True)

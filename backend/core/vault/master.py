"""Master keys: they wrap the learners' keys and live in a file outside both databases and outside every back-up.

{"current": "m1", "keys": {"m1": base64}, "index": {"current": "b1", "keys": {"b1": base64}}}

The key of the blind index stands beside them and is not rotated with them: another key would mean another index.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32


class MasterKeyError(Exception):
    """The master keys are absent or do not fit the key store; the message names the remedy."""


@dataclass(frozen=True)
class MasterKeys:
    """The file's content. `keys` holds the current key and those before it that a key store back-up may still need."""

    current: str
    keys: dict[str, bytes]
    index_current: str
    index_keys: dict[str, bytes]

    def wrap(self, *, subject: bytes, key: bytes) -> tuple[str, bytes]:
        """(master key's name, `key` wrapped for `subject`)."""
        nonce = os.urandom(12)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, key, self.current.encode() + b":" + subject)
        return self.current, nonce + sealed

    def unwrap(self, *, subject: bytes, name: str, wrapped: bytes) -> bytes:
        """The key of `subject`. Raises MasterKeyError for a master key that is not in the file."""
        if name not in self.keys:
            raise MasterKeyError(f"Master key {name} is not in {settings.MASTER_KEY_FILE}; put back the file that holds it.")
        return AESGCM(self.keys[name]).decrypt(wrapped[:12], wrapped[12:], name.encode() + b":" + subject)


_read: tuple[Path, int, MasterKeys] | None = None


def master_keys() -> MasterKeys:
    """The keys of the file, read again when it changed. Raises MasterKeyError when it is absent."""
    global _read  # noqa: PLW0603
    path: Path = settings.MASTER_KEY_FILE
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        text = f"{path} is absent: put it back, or run manage.py migrate to make one for an empty key store."
        raise MasterKeyError(text) from None
    if _read is None or _read[:2] != (path, stamp):
        content = json.loads(path.read_text())
        _read = (
            path,
            stamp,
            MasterKeys(
                current=content["current"],
                keys=_decoded(content["keys"]),
                index_current=content["index"]["current"],
                index_keys=_decoded(content["index"]["keys"]),
            ),
        )
    return _read[2]


def make_master_keys() -> None:
    """A file with a first master key and a first index key, unless one stands (mode 600)."""
    path: Path = settings.MASTER_KEY_FILE
    if not path.exists():
        _write(path, {"current": "m1", "keys": {"m1": _fresh()}, "index": {"current": "b1", "keys": {"b1": _fresh()}}})


def add_master_key() -> str:
    """Add a master key and make it the current one; its name. The former stay until `drop_master_keys`."""
    path: Path = settings.MASTER_KEY_FILE
    content = json.loads(path.read_text())
    name = f"m{1 + max(int(known[1:]) for known in content['keys'])}"
    content["keys"][name] = _fresh()
    content["current"] = name
    _write(path, content)
    return name


def drop_master_keys() -> list[str]:
    """Forget every master key but the current one; their names. Key store back-ups wrapped under them become unreadable."""
    path: Path = settings.MASTER_KEY_FILE
    content = json.loads(path.read_text())
    former = sorted(set(content["keys"]) - {content["current"]})
    content["keys"] = {content["current"]: content["keys"][content["current"]]}
    _write(path, content)
    return former


def _fresh() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _decoded(keys: dict[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(value) for name, value in keys.items()}


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(content, handle, indent=2)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)

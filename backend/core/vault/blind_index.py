"""Search by an encrypted value: a keyed hash that only this installation can compute."""

from __future__ import annotations

import hashlib
import hmac

from backend.core.vault.master import master_keys


def blind_index(*, field: str, value: str) -> str:
    """HMAC-SHA256 of a normalised value, with the name of its key in front, so that a new key can be told from the old."""
    masters = master_keys()
    digest = hmac.new(masters.index_keys[masters.index_current], f"{field}:{value}".encode(), hashlib.sha256)
    return f"{masters.index_current}:{digest.hexdigest()}"

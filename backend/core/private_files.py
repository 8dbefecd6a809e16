"""Files that hold secrets: whole or not at all, and for this user alone. Needs the standard library only."""

from __future__ import annotations

import json
import os
from pathlib import Path


def write_private_json(path: Path, content: object) -> None:
    """Write JSON so that readers see the old file or the new one, never half, and only this user may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(content, handle, ensure_ascii=False, indent=2)
    temporary.replace(path)

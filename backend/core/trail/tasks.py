"""Background work of the trail."""

from __future__ import annotations

from django_tasks import task

from backend.core.trail import sealing


@task()
def seal() -> int:
    """Close a block; the number of entries in it (0 when there was nothing to seal)."""
    block = sealing.seal()
    return block.entries if block else 0

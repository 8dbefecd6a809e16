"""Background work of the trail."""

from __future__ import annotations

from collections.abc import Iterator

from django_tasks import task

from backend.core.trail import sealing


@task()
def seal() -> int:
    """Close blocks until nothing is left; the number of entries in them (0 when there was nothing to seal)."""
    return sum(block.entries for block in sealing.seal_all())


def sealed_blocks() -> Iterator[str]:
    """Close blocks until nothing is left; a line for each. A periodic job."""
    for block in sealing.seal_all():
        yield f"Block {block.number}: {block.entries} entries, head {block.head}."

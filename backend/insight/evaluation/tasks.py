"""Background work of evaluation."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task


@task()
def run_study(run_id: str, principal_id: str, publish: bool = False) -> None:
    """Compute a run that was asked for, as who asked, and publish it if that was asked for too.

    Heavy libraries are imported here and nowhere before.
    """
    from backend.insight.evaluation.running import run

    run(run_id=UUID(run_id), principal_id=UUID(principal_id), publish=publish)

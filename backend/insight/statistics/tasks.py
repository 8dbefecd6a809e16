"""Background work of statistics."""

from __future__ import annotations

import logging
from typing import Any

from django_tasks import task

logger = logging.getLogger(__name__)


@task()
def check() -> dict[str, Any]:
    """Fold what waits, recount all rows and hold both together; hold sealed reports against their seals.

    `{"folded": plans, "differences": {table: lines}, "signatures": [what speaks against one]}`, both empty where all is exact.
    What is wrong is logged as an error too.
    """
    from backend.accounts.scope import scoped
    from backend.insight.statistics.installation import installation
    from backend.insight.statistics.rollups.keeping import differences, fold_all
    from backend.insight.statistics.signatures import signatures

    folded, found = fold_all(), differences()
    with scoped(installation()):
        broken = [f"{each.semester} number {each.number}: {'; '.join(each.problems)}" for each in signatures() if each.problems]
    if found or broken:
        logger.error("The nightly check of statistics failed: %s %s", found, broken)
    return {"folded": folded, "differences": found, "signatures": broken}

"""What the public site may see of studies: published results, aggregates alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from backend.insight.evaluation.models import StudyPublication


@dataclass(frozen=True)
class PublishedResult:
    """A result as it was published, with all that is needed to compute it again."""

    code: str
    result: dict[str, Any]
    """`estimates`, `guards` and the whole `specification`."""
    specification_hash: str
    data_hash: str
    code_version: str
    seed: int
    computed_at: dt.datetime
    published_at: dt.datetime


def published_results() -> list[PublishedResult]:
    """The newest published result of each study, by code. One statement."""
    rows = StudyPublication.objects.select_related("result").order_by("code", "-published_at", "id").distinct("code")
    return [_published(row) for row in rows]


def published_result(*, code: str) -> PublishedResult | None:
    """The newest published result of a study; None where there is none. One statement."""
    row = StudyPublication.objects.select_related("result").filter(code=code).order_by("-published_at", "id").first()
    return _published(row) if row is not None else None


def _published(row: StudyPublication) -> PublishedResult:
    return PublishedResult(
        code=row.code,
        result=row.result.result,
        specification_hash=row.result.specification_hash,
        data_hash=row.result.data_hash,
        code_version=row.result.code_version,
        seed=row.result.seed,
        computed_at=row.result.computed_at,
        published_at=row.published_at,
    )

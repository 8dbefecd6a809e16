"""Loads the figures that others published, and the profiles of releases, from `fixtures/` (origin: ORIGIN.md there)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import load_rows, read_csv
from backend.insight.statistics.models import Indicator, PublishedFigure, ReleaseProfile

FIXTURES = Path(__file__).parent / "fixtures"
# The pages that the list calls by number.
SEEDS = {
    "seed 000": "State Education Quality Service (IKVD), English page on the project",
    "seed 001": "Ministry of Finance (esfondi.lv), page on the series Klase",
    "seed 002": "State Education Quality Service (IKVD), Latvian page on the project",
    "seed 003": "Rīgas Tūrisma un radošās industrijas tehnikums, page on the project",
    "seed 004": "Viesītes vidusskola, page on the project",
}
_STATUS = {"found": SourceStatus.FOUND, "inferred": SourceStatus.INFERRED}


def load() -> dict[str, int]:
    """Load everything; rows loaded before are brought up to date. Returns the number of rows by list.

    Needs a transaction of the caller's, and a role that may write.
    """
    indicators = read_csv(FIXTURES / "indicators.csv")
    figures = read_csv(FIXTURES / "reference_figures.csv")
    return {
        "indicators": load_rows(Indicator, [_indicator(row, position) for position, row in enumerate(indicators, start=1)]),
        "published figures": load_rows(
            PublishedFigure, [_figure(row, position) for position, row in enumerate(figures, start=1)]
        ),
        "release profiles": load_profiles(),
    }


def load_profiles() -> int:
    """Only the profiles of protection; returns how many."""
    return load_rows(ReleaseProfile, [_profile(row) for row in read_csv(FIXTURES / "release_profiles.csv")])


def _indicator(row: dict[str, str], position: int) -> Indicator:
    return Indicator(
        id=uuid_for(kind=Indicator.tag, code=row["code"]),
        code=row["code"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        unit=row["unit"],
        position=position,
    )


def _figure(row: dict[str, str], position: int) -> PublishedFigure:
    return PublishedFigure(
        id=uuid_for(kind=PublishedFigure.tag, code=f"{row['indicator']}:{row['period']}"),
        indicator_id=uuid_for(kind=Indicator.tag, code=row["indicator"]),
        period=row["period"],
        comparator=row["comparator"],
        value=Decimal(row["value"]),
        unit=row["unit"],
        position=position,
        source=f"{SEEDS[row['source']]} ({row['source']})" if row["source"] in SEEDS else row["source"],
        source_status=_STATUS[row["status"]],
        source_note=row["note"],
    )


_WHOLE = (
    "threshold",
    "threshold_special",
    "threshold_institution",
    "dominance_n",
    "least_recipients",
    "share_denominator",
    "share_edge",
    "rounding_base",
    "noise_reach",
)


def _profile(row: dict[str, str]) -> ReleaseProfile:
    return ReleaseProfile(
        id=uuid_for(kind=ReleaseProfile.tag, code=f"{row['audience']}:{row['valid_from']}"),
        audience=row["audience"],
        group_disclosure=row["group_disclosure"] == "yes",
        builder_mode=row["builder_mode"],
        dominance_k=Decimal(row["dominance_k"]),
        p_percent=Decimal(row["p_percent"]),
        noise_variance=Decimal(row["noise_variance"]),
        valid_from=dt.date.fromisoformat(row["valid_from"]),
        source=row["source"],
        source_status=SourceStatus.ASSUMED,
        source_note=row["note"],
        **{name: int(row[name]) for name in _WHOLE},
    )

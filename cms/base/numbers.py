"""Numbers as the reader's language writes them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

_NO_BREAK_SPACE = "\u00a0"


@lru_cache(maxsize=2_000)
def written(value: Decimal | int | float, *, language: str) -> str:
    """`value` with separators: 39 812 376,50 in Latvian, 39,812,376.50 in English. Cents only where there are any."""
    exact = Decimal(str(value))
    if exact == exact.to_integral_value():
        text = f"{int(exact):,}"
    else:
        text = f"{exact:,f}"
        if text.endswith("0") and len(text.partition(".")[2]) > 2:
            text = text.rstrip("0")
        whole, _point, part = text.partition(".")
        part = part.rstrip("0") if exact < 1000 else part.ljust(2, "0")
        text = f"{whole}.{part}"
    if language == "en":
        return text
    grouped = text.replace(",", _NO_BREAK_SPACE).replace(".", ",")
    # Latvian writes four digits without a gap.
    return grouped.replace(_NO_BREAK_SPACE, "") if abs(exact) < 10_000 else grouped

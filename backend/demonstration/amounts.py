"""Exact splits of money and hours."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def split_cents(total: Decimal, weights: Sequence[float]) -> list[Decimal]:
    """`total` euro in parts as near to `weights` as cents allow, summing to `total` exactly (largest remainders).

    Every part is at least one cent. Raises ValueError when `total` has fewer cents than there are weights.
    """
    cents = int(total * 100)
    spare = cents - len(weights)
    if spare < 0:
        raise ValueError("Fewer cents than parts.")
    exact = [spare * weight / sum(weights) for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda position: (parts[position] - exact[position], position))
    for position in by_remainder[: spare - sum(parts)]:
        parts[position] += 1
    return [Decimal(part + 1) / 100 for part in parts]

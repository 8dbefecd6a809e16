"""Whole numbers in parts by weight."""

from __future__ import annotations


def shares(whole: int, weights: dict[int, float]) -> dict[int, int]:
    """`whole` in parts by weight, exact (largest remainders)."""
    total = sum(weights.values())
    exact = {key: whole * weight / total for key, weight in weights.items()}
    parts = {key: int(value) for key, value in exact.items()}
    for key in sorted(exact, key=lambda key: parts[key] - exact[key])[: whole - sum(parts.values())]:
        parts[key] += 1
    return parts


def fitted(whole: int, limits: dict[int, tuple[int, int]]) -> dict[int, int]:
    """`whole` shared out by (demand, how many there are at most), as far as there are any."""
    caps = {key: min(demand, available) for key, (demand, available) in limits.items()}
    room = sum(caps.values())
    if room <= whole:
        return caps
    return _shares_within(whole, caps)


def _shares_within(whole: int, caps: dict[int, int]) -> dict[int, int]:
    """`whole` by weight of the caps, never above one (their sum is greater than `whole`)."""
    total = sum(caps.values())
    exact = {key: whole * cap / total for key, cap in caps.items()}
    parts = {key: min(caps[key], int(value)) for key, value in exact.items()}
    missing = whole - sum(parts.values())
    for key in sorted(exact, key=lambda key: parts[key] - exact[key]):
        if not missing:
            break
        if parts[key] < caps[key]:
            parts[key] += 1
            missing -= 1
    return parts

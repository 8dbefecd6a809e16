"""From rounds to one table and the contract's `results.json`."""

from __future__ import annotations

from statistics import median
from typing import Any

Figures = dict[str, dict[str, list[float]]]
"""Requests a second of each round, by shape and engine."""
PEERS = ("postgraphile", "raw", "strawberry", "graphene")
SCALE = {"learners": 60_000, "plans": 120_000, "measures": 400_000, "institutions": 700}


def results(figures: Figures, *, machine: str, commit: str, date: str) -> dict[str, Any]:
    """The contract's form; what was not measured is null."""
    shapes = {name: _shape(figures[name]) for name in ("INST", "ONE", "LIST") if name in figures}
    return {
        "commit": commit,
        "date": date,
        "machine": machine,
        "scale": SCALE,
        "shapes": shapes,
        "deep_page_cost": _ratio(_median(figures, "FIRST", "compiled"), _median(figures, "LIST", "compiled")),
        "ten_times_data_cost": None,
        "row_security_cost": _ratio(_median(figures, "NO_RLS", "compiled"), _median(figures, "INST", "compiled")),
    }


def _shape(engines: dict[str, list[float]]) -> dict[str, Any]:
    medians = {name: round(median(rounds), 1) for name, rounds in engines.items()}
    ours = medians.get("compiled")
    return {
        "req_per_s": medians,
        "ratios": {peer: _ratio(ours, medians.get(peer)) for peer in PEERS},
        "spread": {
            name: round((max(rounds) - min(rounds)) / median(rounds), 2) for name, rounds in engines.items() if median(rounds)
        },
    }


def _median(figures: Figures, shape: str, engine: str) -> float | None:
    rounds = figures.get(shape, {}).get(engine)
    return median(rounds) if rounds else None


def _ratio(ours: float | None, theirs: float | None) -> float | None:
    return round(ours / theirs, 2) if ours and theirs else None


def table(figures: Figures, made: dict[str, Any]) -> str:
    """Medians of requests a second, the spread of the rounds, and our figure over each peer's."""
    lines = [f"\n{'':22}" + "".join(f"{shape:>22}" for shape in made["shapes"])]
    engines = list(dict.fromkeys(name for shape in made["shapes"] for name in figures[shape]))
    for engine in engines:
        cells = []
        for shape in made["shapes"].values():
            rate, spread = shape["req_per_s"].get(engine), shape["spread"].get(engine)
            cells.append(f"{rate:>14.1f} ±{spread:>4.0%}" + "  " if rate is not None and spread is not None else f"{'-':>22}")
        lines.append(f"{engine:22}" + "".join(cells))
    for peer in PEERS:
        cells = [f"{shape['ratios'][peer] or '-':>20}  " for shape in made["shapes"].values()]
        lines.append(f"{'ours / ' + peer:22}" + "".join(cells))
    lines.append(f"deep page over first: {made['deep_page_cost']}; row security: {made['row_security_cost']}")
    return "\n".join(lines)

"""From rounds to one table and the contract's `results.json`."""

from __future__ import annotations

from statistics import median
from typing import Any

Figures = dict[str, dict[str, list[float]]]
"""A figure of each round, by shape and engine: requests a second, or requests a second of processor."""
PEERS = ("postgraphile", "raw", "strawberry", "graphene")
LOGGED = "raw, both logged"
"""Ours with the read log over the limit with the same log."""
SHAPES = ("INST", "ONE", "LIST", "REPORT", "WRITE")
SCALE = {"learners": 60_000, "plans": 120_000, "measures": 400_000, "institutions": 700}


def results(figures: Figures, work: Figures, *, machine: str, commit: str, date: str) -> dict[str, Any]:
    """The contract's form; what was not measured is null.

    `processor` repeats it in requests a second of processor time, the database's included: what other programs do on the
    machine meanwhile hardly moves that figure.
    """
    return {
        "commit": commit,
        "date": date,
        "machine": machine,
        "scale": SCALE,
        **_all(figures),
        "processor": _all(work),
    }


def _all(figures: Figures) -> dict[str, Any]:
    return {
        "shapes": {name: _shape(figures[name]) for name in SHAPES if name in figures},
        "deep_page_cost": _ratio(_median(figures, "FIRST", "compiled"), _median(figures, "LIST", "compiled")),
        "ten_times_data_cost": max(ten) if (ten := _of_ten(figures)) else None,
        "row_security_cost": _ratio(_median(figures, "NO_RLS", "compiled"), _median(figures, "INST", "compiled")),
    }


def _of_ten(figures: Figures) -> list[float]:
    """What ONE and LIST cost over ten times the data, as times of what they cost over the data."""
    ratios = (
        _ratio(_median(figures, shape, "compiled"), _median(figures, f"TEN {shape}", "compiled")) for shape in ("ONE", "LIST")
    )
    return [ratio for ratio in ratios if ratio is not None]


def _shape(engines: dict[str, list[float]]) -> dict[str, Any]:
    medians = {name: round(median(rounds), 1) for name, rounds in engines.items()}
    spread = {name: round((max(rounds) - min(rounds)) / median(rounds), 2) for name, rounds in engines.items() if median(rounds)}
    ratios = {peer: _ratio(medians.get("compiled"), medians.get(peer)) for peer in PEERS}
    ratios[LOGGED] = _ratio(medians.get("compiled and logged"), medians.get("raw and logged"))
    return {"req_per_s": medians, "ratios": ratios, "spread": spread}


def _median(figures: Figures, shape: str, engine: str) -> float | None:
    rounds = figures.get(shape, {}).get(engine)
    return median(rounds) if rounds else None


def _ratio(ours: float | None, theirs: float | None) -> float | None:
    return round(ours / theirs, 2) if ours and theirs else None


def table(made: dict[str, Any]) -> str:
    """Medians with the spread of the rounds, and our figure over each peer's."""
    return "\n".join([*_part(made, "requests a second"), *_part(made["processor"], "requests a second of processor")])


def _part(made: dict[str, Any], title: str) -> list[str]:
    shapes = made["shapes"]
    lines = ["", f"{title:32}" + "".join(f"{shape:>22}" for shape in shapes)]
    for engine in dict.fromkeys(name for shape in shapes.values() for name in shape["req_per_s"]):
        cells = []
        for shape in shapes.values():
            rate = shape["req_per_s"].get(engine)
            cells.append(f"{'-':>22}" if rate is None else f"{rate:>15.1f} ±{shape['spread'].get(engine, 0):>4.0%}")
        lines.append(f"{engine:32}" + "".join(cells))
    for peer in (*PEERS, LOGGED):
        lines.append(f"{'compiled / ' + peer:32}" + "".join(f"{shape['ratios'][peer] or '-':>22}" for shape in shapes.values()))
    lines.append(
        f"deep page over first: {made['deep_page_cost']}; with row security over without: {made['row_security_cost']};"
        f" with ten times the data over without: {made['ten_times_data_cost']}"
    )
    return lines

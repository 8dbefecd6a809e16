"""How long something takes, for tests and benches that compare two ways in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def best_of(ask: Callable[[], Any], times: int = 7) -> float:
    """Seconds of the quickest of several."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return min(took)

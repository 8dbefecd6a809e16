"""Choices of a filter that say how much each would show."""

from __future__ import annotations

from typing import Any


def counted(label: Any, number: int) -> str:
    """`Seminar (3)`."""
    return f"{label} ({number})"

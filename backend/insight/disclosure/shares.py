"""Percentages of published counts: only of enough people, and never exact near none or all."""

from __future__ import annotations

from backend.insight.disclosure.profiles import Profile


def share(*, part: int | None, whole: int | None, profile: Profile) -> str | None:
    """`42`, `<5` or `>95`, in percent; None where either count is suppressed or the whole is too small (NCES 2011-603)."""
    if part is None or whole is None or whole < profile.share_denominator:
        return None
    edge = profile.share_edge
    if part * 100 < edge * whole:
        return f"<{edge}"
    if part * 100 > (100 - edge) * whole:
        return f">{100 - edge}"
    return str((part * 200 + whole) // (2 * whole))

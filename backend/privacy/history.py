"""What changed in a thing: the entries of the trail, each with who, when, through what, and the columns that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from backend.accounts.models import PartnerApp
from backend.core.trail.context import Channel
from backend.core.trail.history import NotAuditedError, Version, declaration_of, versions
from backend.privacy.access import DOORS
from backend.privacy.models import ChangeKind, HistoryEntry

ERASURE = "erasure"
"""Reason that an erasure notes on what it changes (`backend.privacy.erasure`)."""
_KINDS = {
    "INSERT": ChangeKind.CREATED,
    "BASELINE": ChangeKind.CREATED,
    "UPDATE": ChangeKind.UPDATED,
    "DELETE": ChangeKind.DELETED,
}


@dataclass(frozen=True)
class Change:
    """An entry, with the row's columns before and after it; before the first and after the last there are none."""

    entry: HistoryEntry
    before: dict[str, Any]
    after: dict[str, Any]


def is_kept(model: type[models.Model]) -> bool:
    """Whether the trail keeps the history of a model."""
    try:
        declaration_of(model)
    except NotAuditedError:
        return False
    return True


def changes_of(*, model: type[models.Model], key: UUID) -> list[Change]:
    """Every change of a row, the newest first. Two statements at most; row security filters entries like rows.

    Whoever asks has asked the model's policy first, and shows of the columns what the caller may read.
    """
    found = versions(model=model, key=key)
    apps = dict(PartnerApp.objects.filter(pk__in={version.client_id for version in found} - {None}).values_list("pk", "name"))
    changes = []
    before: dict[str, Any] = {}
    for version in found:
        gone = version.change == "DELETE"
        changes.append(Change(_entry(version, apps), before if not gone else version.values, {} if gone else version.values))
        before = version.values
    return changes[::-1]


def _entry(version: Version, apps: dict[Any, str]) -> HistoryEntry:
    kind = ChangeKind.ERASED if version.reason == ERASURE and version.change == "UPDATE" else _KINDS[version.change]
    known = version.channel in Channel.__members__.values()
    return HistoryEntry(
        id=UUID(int=version.entry),
        at=version.recorded_at,
        actor_id=version.principal_id,
        app_name=apps.get(version.client_id, ""),
        channel=DOORS[Channel(version.channel)] if known else "",
        kind=kind,
        version=version.values.get("version"),
        sealed_in_block=version.block,
    )

"""The limits in force, by how a document comes in: sent ad hoc, or registered before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.signals import setting_changed

from backend.core.rate_limit import Bucket


@dataclass(frozen=True)
class Limits:
    """Numbers from `settings.GRAPHQL_LIMITS`."""

    name: str
    tokens: int
    """Lexical tokens of the document."""
    depth: int
    """Fields inside fields, fragments followed."""
    aliases: int
    directives: int
    fields: int
    """Fields after every fragment is written out."""
    cost: int
    """Nodes that the answer can hold at most, by the page sizes asked for."""
    statements: int
    """Of the database, for schemas whose prices tell them."""
    bucket: Bucket
    """Points a minute."""
    body_bytes: int
    page: int
    """Largest page of a connection."""
    statement_timeout_ms: int
    request_timeout_ms: int


@lru_cache(maxsize=4)
def limits_for(name: str) -> Limits:
    """Limits of a profile: `ad_hoc` or `registered`."""
    numbers = settings.GRAPHQL_LIMITS["both"] | settings.GRAPHQL_LIMITS[name]
    return Limits(name=name, bucket=Bucket(capacity=numbers["bucket"]), **{k: v for k, v in numbers.items() if k != "bucket"})


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "GRAPHQL_LIMITS":
        limits_for.cache_clear()


setting_changed.connect(_forget, dispatch_uid="graphql_schema.limits")

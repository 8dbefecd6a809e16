"""What a request asks the answer to be: one of the two media types of GraphQL over HTTP, one of our languages."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


def chosen_media_type(accept: str | None) -> str | None:
    """`application/graphql-response+json`, `application/json`, or None when the caller takes neither.

    Without a header, and where a wildcard admits both, the older type is given, as the specification asks. Named with
    equal weight the newer one wins.
    """
    if not accept or not accept.strip():
        return JSON
    weights = {name: _weight(name, accept) for name in (GRAPHQL, JSON)}
    best = max(weight for weight, _ in weights.values())
    if best <= 0:
        return None
    winners = [name for name, (weight, _) in weights.items() if weight == best]
    if len(winners) == 1:
        return winners[0]
    return GRAPHQL if weights[GRAPHQL][1] >= weights[JSON][1] and weights[GRAPHQL][1] == _EXACT else JSON


_EXACT = 2


def _weight(name: str, accept: str) -> tuple[float, int]:
    """(q, exactness) of the most exact range in the header that covers `name`; (0, -1) when none does."""
    best = (0.0, -1)
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        exactness = {name: _EXACT, "application/*": 1, "*/*": 0}.get(media_range, -1)
        if exactness > best[1]:
            best = (_quality(parameters), exactness)
    return best


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def chosen_language(accept_language: str | None) -> str:
    """The language of ours that an `Accept-Language` header wants most; the platform's own where it names none."""
    for wanted, _weight_of_it in parse_accept_lang_header((accept_language or "").lower()):
        if wanted == "*":
            break
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE

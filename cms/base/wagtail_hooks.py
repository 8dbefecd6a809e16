"""How links in texts get their addresses."""

from __future__ import annotations

from typing import Any

from wagtail import hooks

from cms.base.embedded import OwnDocumentLinks, OwnPageLinks


@hooks.register("register_rich_text_features", order=1_000)
def own_links(features: Any) -> None:
    """After Wagtail's own, in whose place they stand."""
    features.register_link_type(OwnPageLinks)
    features.register_link_type(OwnDocumentLinks)

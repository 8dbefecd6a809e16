"""What waits for an editor."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from cms.editing.models import Bundle, BundleState


def waiting_bundles(*, user: Any) -> QuerySet[Bundle]:
    """Bundles that somebody else handed in, oldest first, with the `number` of their pages."""
    if not user.has_perm("editing.change_bundle"):
        return Bundle.objects.none()
    waiting = Bundle.objects.filter(state=BundleState.SUBMITTED).exclude(submitter=user)
    return waiting.select_related("submitter").annotate(number=Count("items")).order_by("made_at")

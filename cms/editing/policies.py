"""Who may let a text out, and why not."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision


def texts_since_publication(*, page: Page) -> QuerySet[Revision]:
    """Revisions of a page that the public has not seen: those younger than the live one, or all."""
    kind = ContentType.objects.get_for_model(Page)
    revisions = Revision.objects.filter(base_content_type=kind, object_id=str(page.pk))
    live = Revision.objects.filter(pk__in=Page.objects.filter(pk=page.pk).values("live_revision")).first()
    return revisions.filter(created_at__gt=live.created_at) if live is not None else revisions


def wrote(*, page: Page, user: Any) -> bool:
    """Whether something that would go out is this user's. Co-authors count: who mends a comma has written."""
    return bool(page.pk and texts_since_publication(page=page).filter(user=user).exists())


def mark_of(revision: Revision | None) -> str:
    """Names a revision as it was read: its key and when it was written.

    Wagtail's autosave writes over a revision of the same author and gives it a later time, so the key alone names nothing.
    """
    return f"{revision.pk}@{revision.created_at.isoformat()}" if revision is not None else ""


def reasons_against(*, page: Page, user: Any) -> list[str]:
    """Why this user cannot approve the page as it stands; empty: they can. For administrators as for anybody."""
    from cms.editing.checks import faults_of

    reasons = []
    if wrote(page=page, user=user):
        reasons.append(_("Part of this text is your own: somebody else approves it."))
    reasons += [f"{finding.message} {finding.remedy}" for finding in faults_of(page)]
    return reasons

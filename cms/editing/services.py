"""Letting texts out: an approval, a bundle, what falls due."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from cms.editing.models import Approval, Bundle, BundlePage, BundleState
from cms.editing.policies import mark_of, reasons_against

_logger = logging.getLogger(__name__)


class NotYet(Exception):
    """A step of a bundle that cannot be taken; `reasons` say what is unmet, in the reader's language."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def approve(*, revision: Revision, approver: Any) -> Approval:
    """Note that `approver` let the revision out. Raises IntegrityError where the text is partly theirs (guards.py)."""
    approval, made = Approval.objects.get_or_create(revision=revision, defaults={"approver": approver})
    if made:
        log(instance=revision.content_object, action="editing.approve", user=approver, revision=revision)
    return approval


@transaction.atomic
def submit_bundle(*, bundle: Bundle, user: Any) -> Bundle:
    """Hand in the pages as they are now. Raises NotYet: it has no pages, is not open, or a page has a fault."""
    bundle = Bundle.objects.select_for_update().get(pk=bundle.pk)
    items = list(bundle.items.select_related("page"))
    reasons = [] if bundle.is_open else [_("The bundle has been handed in already.")]
    reasons += [] if items else [_("The bundle holds no page.")]
    for item in items:
        reasons += faults_in(item)
    if reasons:
        raise NotYet(reasons)
    for item in items:
        BundlePage.objects.filter(pk=item.pk).update(revision=_latest(item.page, user=user))
    Bundle.objects.filter(pk=bundle.pk).update(state=BundleState.SUBMITTED, submitter=user, approver=None, remark="")
    log(instance=bundle, action="editing.bundle_submit", user=user)
    bundle.refresh_from_db()
    return bundle


@transaction.atomic
def return_bundle(*, bundle: Bundle, user: Any, remark: str) -> Bundle:
    """Give it back to be mended. Raises NotYet unless it waits, or is approved and not out yet."""
    bundle = Bundle.objects.select_for_update().get(pk=bundle.pk)
    if bundle.state not in (BundleState.SUBMITTED, BundleState.APPROVED):
        raise NotYet([_("The bundle does not wait for anybody.")])
    bundle.items.update(revision=None)
    Bundle.objects.filter(pk=bundle.pk).update(state=BundleState.OPEN, approver=None, remark=remark[:2000])
    log(instance=bundle, action="editing.bundle_return", user=user)
    bundle.refresh_from_db()
    return bundle


def mark_of_bundle(bundle: Bundle) -> str:
    """Names the pages of a bundle with their revisions as they were read."""
    items = bundle.items.select_related("revision").order_by("page_id")
    return ",".join(f"{item.page_id}:{mark_of(item.revision)}" for item in items)


@transaction.atomic
def approve_bundle(*, bundle: Bundle, user: Any, read: str) -> Bundle:
    """Let all pages out together, now or at the bundle's time; `read` is the bundle's mark as the approver saw it.

    Raises NotYet with every reason of every page.
    """
    bundle = Bundle.objects.select_for_update().get(pk=bundle.pk)
    list(Page.objects.select_for_update().filter(pk__in=bundle.items.values("page")).order_by("pk"))  # writers wait
    reasons = reasons_against_bundle(bundle=bundle, user=user)
    if not reasons and read != mark_of_bundle(bundle):
        reasons = [_("The bundle was changed after you opened it. Read it again before you approve it.")]
    if reasons:
        raise NotYet(reasons)
    for item in bundle.items.select_related("revision"):
        approve(revision=item.revision, approver=user)
    Bundle.objects.filter(pk=bundle.pk).update(state=BundleState.APPROVED, approver=user)
    log(instance=bundle, action="editing.bundle_approve", user=user)
    bundle.refresh_from_db()
    due = bundle.publish_at is None or bundle.publish_at <= timezone.now()
    return publish_bundle(bundle=bundle) if due else bundle


@transaction.atomic
def publish_bundle(*, bundle: Bundle) -> Bundle:
    """Publish every page of an approved bundle in one transaction: visitors see all of it or nothing."""
    bundle = Bundle.objects.select_for_update().get(pk=bundle.pk)
    if bundle.state != BundleState.APPROVED:
        raise NotYet([_("The bundle is not approved.")])
    for item in bundle.items.select_related("revision", "page"):
        item.revision.publish(user=bundle.approver)
    bundle.state, bundle.published_at = BundleState.PUBLISHED, timezone.now()
    Bundle.objects.filter(pk=bundle.pk).update(state=bundle.state, published_at=bundle.published_at)
    log(instance=bundle, action="editing.bundle_publish", user=bundle.approver)
    return bundle


def reasons_against_bundle(*, bundle: Bundle, user: Any) -> list[str]:
    """Why this user cannot approve the bundle; empty: they can."""
    if bundle.state != BundleState.SUBMITTED:
        return [_("The bundle does not wait for approval.")]
    reasons = [_("You handed it in: somebody else approves it.")] if bundle.submitter_id == user.pk else []
    for item in bundle.items.select_related("revision", "page"):
        if item.revision is None or item.page.get_latest_revision() != item.revision:
            reasons.append(_("“%s” was changed after it was handed in.") % item.page.title)
        else:
            page = item.revision.as_object()
            reasons += [_of(page, reason) for reason in reasons_against(page=page, user=user)]
    return reasons


def faults_in(item: BundlePage) -> list[str]:
    """What keeps a page of a bundle back, with its title."""
    from cms.editing.checks import faults_of

    page = item.page.get_latest_revision_as_object()
    return [_of(page, f"{finding.message} {finding.remedy}") for finding in faults_of(page)]


def _of(page: Page, words: str) -> str:
    """Words about one page of a bundle, with its title in the quotation marks of the language."""
    return _("“%(title)s”: %(words)s") % {"title": page.title, "words": words}


def publish_due() -> int:
    """Do what was planned for a time that has come: publish, take down, let bundles out. How much was done.

    Each by itself: one that fails is logged and tried again the next time, the others go on.
    """
    moment = timezone.now()
    done = 0
    for page in Page.objects.filter(live=True, expire_at__lt=moment).order_by("expire_at"):
        done += _tried(lambda page=page: _take_down(page), page)
    for revision in Revision.objects.filter(approved_go_live_at__lt=moment).order_by("approved_go_live_at"):
        done += _tried(lambda revision=revision: revision.publish(log_action="wagtail.publish.scheduled"), revision)
    for bundle in Bundle.objects.filter(state=BundleState.APPROVED, publish_at__lte=moment).order_by("publish_at"):
        done += _tried(lambda bundle=bundle: publish_bundle(bundle=bundle), bundle)
    return done


def published_due() -> Iterator[str]:
    """As `publish_due`; a line when something was done. A periodic job."""
    if done := publish_due():
        yield f"{done} planned publications done."


def _take_down(page: Page) -> None:
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _tried(step: Any, subject: Any) -> int:
    try:
        with transaction.atomic():
            step()
    except Exception:
        _logger.exception("Planned publication of %s %s failed.", type(subject).__name__, subject.pk)
        return 0
    return 1


def _latest(page: Page, *, user: Any) -> Revision:
    """The latest revision; for a page that was never saved as one, the page as it is."""
    latest: Revision | None = page.get_latest_revision()
    return latest or page.specific.save_revision(user=user)

"""Bundles: several pages that go out together after a second editor read them, whole or not at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backend.accounts.models import User
from cms.editing.models import Approval, Bundle, BundlePage, BundleState
from cms.editing.services import NotYet, approve_bundle, mark_of_bundle, publish_due, return_bundle, submit_bundle
from tests.cms.editing import ARTICLE, OTHER, article, signed_in, text_of

pytestmark = pytest.mark.django_db


def _bundle(first: User, **values: Any) -> Bundle:
    bundle = Bundle.objects.create(title="Semestra sākums", **values)
    for slug in (ARTICLE, OTHER):
        page = article(slug)
        page.title = f"Kopā: {slug}"
        page.save_revision(user=first)
        BundlePage.objects.create(bundle=bundle, page=page)
    return bundle


def _together() -> set[bool]:
    return {article(slug).title.startswith("Kopā") for slug in (ARTICLE, OTHER)}


def test_a_bundle_goes_out_together_after_a_second_editor_read_it(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    bundle = submit_bundle(bundle=_bundle(first), user=first)
    with pytest.raises(NotYet) as refused:
        approve_bundle(bundle=bundle, user=first, read=mark_of_bundle(bundle))
    assert len(refused.value.reasons) == 3, "handed in, and author of both pages"
    assert _together() == {False}
    done = approve_bundle(bundle=bundle, user=second, read=mark_of_bundle(bundle))
    assert (done.state, _together(), Approval.objects.count()) == (BundleState.PUBLISHED, {True}, 2)
    with pytest.raises(NotYet):
        approve_bundle(bundle=done, user=second, read=mark_of_bundle(done))


def test_a_bundle_goes_out_whole_or_not_at_all(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    bundle = _bundle(first, publish_at=timezone.now() + dt.timedelta(days=1))
    submit_bundle(bundle=bundle, user=first)
    approve_bundle(bundle=bundle, user=second, read=mark_of_bundle(bundle))
    assert (publish_due(), _together()) == (0, {False})
    Bundle.objects.update(publish_at=timezone.now() - dt.timedelta(minutes=1))
    newer = article(OTHER).save_revision(user=first)
    BundlePage.objects.filter(page=article(OTHER).pk).update(revision=newer)  # somebody slipped in what nobody approved
    assert (publish_due(), _together()) == (0, {False})
    BundlePage.objects.filter(revision=newer).update(revision=Approval.objects.exclude(
        revision=article().get_latest_revision()).get().revision_id)  # fmt: skip
    assert (publish_due(), _together()) == (1, {True})


def test_a_bundle_that_was_changed_or_has_a_fault_waits(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    bundle = submit_bundle(bundle=_bundle(first), user=first)
    article().save_revision(user=first)
    with pytest.raises(NotYet, match="pēc iesniegšanas"):
        approve_bundle(bundle=bundle, user=second, read=mark_of_bundle(bundle))
    bundle = return_bundle(bundle=bundle, user=second, remark="Skati virsrakstu.")
    assert (bundle.state, bundle.remark) == (BundleState.OPEN, "Skati virsrakstu.")
    page = article()
    page.body = [("subheading", "Bez virsraksta")]
    page.save_revision(user=first)
    with pytest.raises(NotYet, match="Apakšvirsraksts"):
        submit_bundle(bundle=bundle, user=first)


def test_bundles_in_the_editor(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    one, two = signed_in(first), signed_in(second)
    html = text_of(one.get("/admin/bundles/new/"))
    assert "Lapas" in html
    page = article()
    page.title = "Kopā caur redaktoru"
    page.save_revision(user=first)
    data = {
        "title": "Mana kopa", "note": "", "publish_at": "", "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0",
        "items-MIN_NUM_FORMS": "1", "items-MAX_NUM_FORMS": "40", "items-0-page": str(page.pk), "items-0-ORDER": "1",
    }  # fmt: skip
    response = one.post("/admin/bundles/new/", data, follow=True)
    bundle = Bundle.objects.get(title="Mana kopa")
    assert response.redirect_chain[-1][0] == f"/admin/bundle/{bundle.pk}/"
    assert "Kopā caur redaktoru" in text_of(response)
    address = f"/admin/bundle/{bundle.pk}/"
    one.post(f"/admin/bundle/{bundle.pk}/submit/")
    refused = text_of(one.get(f"/admin/bundle/{bundle.pk}/"))
    assert "Tu nevari apstiprināt" in refused
    assert "„Kopā caur redaktoru”: Daļa šī teksta" in refused, "in the quotation marks of the language"
    assert [address in text_of(who.get("/admin/")) for who in (one, two)] == [False, True], "the second editor's first page"
    assert one.get(f"/admin/bundles/edit/{bundle.pk}/").status_code == 302, "what is handed in is not changed"
    assert "Apstiprināt visas lapas" in text_of(two.get(f"/admin/bundle/{bundle.pk}/"))
    unread = text_of(two.post(f"/admin/bundle/{bundle.pk}/approve/", {"read": f"{page.pk}:1@older"}, follow=True))
    assert "mainīta pēc tam, kad to atvēri" in unread
    assert article().title != "Kopā caur redaktoru"
    two.post(f"/admin/bundle/{bundle.pk}/approve/", {"read": mark_of_bundle(bundle)})
    assert article().title == "Kopā caur redaktoru"
    assert Client().post(f"/admin/bundle/{bundle.pk}/approve/").status_code == 302, "only for editors"

"""How a text goes out: past a second editor, at its time, alone or in a bundle; in the editor, the services, the database."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageLogEntry, Revision, TaskState

from backend.accounts.models import Assignment, Level, Role, User
from cms.base.editors import grant_editors
from cms.base.models import SitePage, Topic
from cms.editing.models import Approval, Bundle, BundlePage, BundleState
from cms.editing.policies import mark_of
from cms.editing.services import NotYet, approve, approve_bundle, mark_of_bundle, publish_due, return_bundle, submit_bundle
from cms.editing.wagtail_hooks import tell_what_is_to_mend
from cms.home.models import HomePage
from cms.news.models import NewsArticlePage
from cms.places.models import ContactPoint
from tests.cms.editing import form_of

pytestmark = pytest.mark.django_db
ARTICLE = "atskats-uz-sesos-gados-paveikto"
OTHER = "palielina-finansejumu"


def _editor(name: str) -> User:
    user = User.objects.create_user(name, "correct horse battery staple", first_name=name)
    Assignment.objects.create(user=user, role=Role.EDITOR, level=Level.STATE, valid_from="2017-03-16")
    return user


@pytest.fixture
def editors(site: int) -> tuple[User, User, User]:
    """Three people with the role of an editor."""
    found = (_editor("pirma"), _editor("otra"), _editor("tresa"))
    grant_editors(root_pages=list(HomePage.objects.all()))
    return found


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _article(slug: str = ARTICLE) -> NewsArticlePage:
    return NewsArticlePage.objects.get(slug=slug)


def _send(client: Client, page: Page, action: str, **values: Any) -> Any:
    """Open the form of a page, change fields, press a button."""
    url = f"/admin/pages/{page.pk}/edit/"
    data = form_of(client, url, model=type(page), text=page.get_latest_revision_as_object())
    data.update({f"action-{action}": "1", **values})
    return client.post(url, data, follow=True)


def _text_of(response: Any) -> str:
    return str(response.content.decode())


def _state(page: Page) -> TaskState:
    state = Page.objects.get(pk=page.pk).specific.current_workflow_task_state
    assert state is not None
    return state


def _approves(user: User, page: Page) -> Any:
    return _send(_as(user), page, "workflow-action", **{"workflow-action-name": "approve"})


def test_nobody_publishes_directly(editors: tuple[User, ...]) -> None:
    first, _second, _third = editors
    html = _text_of(_as(first).get(f"/admin/pages/{_article().pk}/edit/"))
    assert "action-publish" not in html
    assert "action-submit" in html
    response = _send(_as(first), _article(), "publish", title="Pašas publicēts")
    assert "otrs redaktors" in _text_of(response)
    assert _article().title != "Pašas publicēts"
    assert _article().get_latest_revision_as_object().title == "Pašas publicēts", "the draft is kept"


def test_a_second_editor_lets_a_text_out(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    _send(_as(first), _article(), "submit", title="Otrais lasīja")
    assert _article().title != "Otrais lasīja"
    _approves(first, _article())
    assert _article().title != "Otrais lasīja", "not by the one who wrote it"
    assert "approve" not in [name for name, _label, _form in _state(_article()).task.specific.get_actions(_article(), first)]
    _approves(second, _article())
    assert _article().title == "Otrais lasīja"
    approval = Approval.objects.get()
    assert (approval.approver, approval.revision_id) == (second, _article().live_revision_id)
    actions = set(PageLogEntry.objects.filter(page=_article().pk).values_list("action", flat=True))
    assert {"wagtail.edit", "wagtail.workflow.start", "wagtail.workflow.approve", "editing.approve", "wagtail.publish"} <= actions
    assert "Otrais lasīja" in _text_of(_as(second).get("/admin/reports/site-history/"))


def test_who_mended_a_comma_has_written(editors: tuple[User, ...]) -> None:
    first, second, third = editors
    _send(_as(first), _article(), "submit", title="Kopīgs darbs")
    _send(_as(second), _article(), "save", summary="Otrais pielaboja kopsavilkumu, un tas ir arī viņa teksts.")
    with pytest.raises(PermissionDenied, match="savs"), _latvian():
        _state(_article()).task.specific.on_action(_state(_article()), second, "approve")
    with pytest.raises(IntegrityError, match="approved it"), transaction.atomic():
        _past_our_code(_state(_article()), second)
    _approves(third, _article())
    assert _article().title == "Kopīgs darbs"


def _past_our_code(state: TaskState, user: User) -> None:
    """Wagtail's own approval of the text as it stands, which publishes it."""
    state.revision = _article().get_latest_revision()
    state.approve(user=user)


def _latvian() -> Any:
    from django.utils import translation

    return translation.override("lv")


def test_an_administrator_is_no_exception(editors: tuple[User, ...]) -> None:
    chief = User.objects.create_superuser("vaditaja", "correct horse battery staple")
    _send(_as(chief), _article(), "submit", title="Vadītājas teksts")
    _approves(chief, _article())
    _send(_as(chief), _article(), "publish", title="Vadītājas teksts")
    assert _article().title != "Vadītājas teksts"


def test_an_approver_who_changes_the_text_while_approving_is_refused(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    _send(_as(first), _article(), "submit", title="Pirmās teksts")
    _send(_as(second), _article(), "workflow-action", **{"workflow-action-name": "approve", "title": "Pārrakstīts"})
    assert _article().title not in {"Pārrakstīts"}


def test_an_approval_is_for_the_text_that_was_read(editors: tuple[User, ...]) -> None:
    first, second, third = editors
    _send(_as(first), _article(), "submit", title="Ko otrais lasa")
    reader, url = _as(second), f"/admin/pages/{_article().pk}/edit/"
    form = form_of(reader, url, model=NewsArticlePage)
    form.update({"action-workflow-action": "1", "workflow-action-name": "approve"})
    page = _article().get_latest_revision_as_object()
    page.title = "Ko trešā pierakstīja pa to laiku"
    newer = page.save_revision(user=third)
    answer = reader.post(url, form, follow=True)
    assert "mainīts pēc tam, kad to atvēri" in _text_of(answer)
    assert answer.redirect_chain[-1][0] == url
    assert _article().title not in {"Ko otrais lasa", page.title}
    form = form_of(reader, url, model=NewsArticlePage)
    form.update({"action-workflow-action": "1", "workflow-action-name": "approve"})
    page.title = "Pārrakstīts tajā pašā versijā"
    page.save_revision(user=third, overwrite_revision=newer)  # as Wagtail's autosave does
    assert "mainīts pēc tam" in _text_of(reader.post(url, form, follow=True))
    assert Approval.objects.count() == 0
    _approves(second, _article())
    assert _article().title == "Pārrakstīts tajā pašā versijā"


def test_nothing_is_approved_unread_from_a_list(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    _send(_as(first), _article(), "submit", title="Jālasa")
    reader = _as(second)
    assert f"/approve/{_state(_article()).pk}/" not in _text_of(reader.get("/admin/"))
    assert f"/reject/{_state(_article()).pk}/" in _text_of(reader.get("/admin/"))
    answer = reader.post(f"/admin/pages/workflow/action/{_article().pk}/approve/{_state(_article()).pk}/", {}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/admin/pages/{_article().pk}/edit/?read-first=1"
    assert "izlasi to šeit" in _text_of(answer)
    assert (_article().title == "Jālasa", Approval.objects.count()) == (False, 0)


def test_a_reviewers_step_is_told_and_its_remark_stands_on_the_form(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    _send(_as(first), _article(), "submit", title="Ar piezīmi")
    remark = '{"comment": "Virsraksts ir par īsu."}'
    action = {"workflow-action-name": "reject", "workflow-action-extra-data": remark}
    assert "Atdota labošanai." in _text_of(_send(_as(second), _article(), "workflow-action", **action))
    form = _text_of(_as(first).get(f"/admin/pages/{_article().pk}/edit/"))
    assert "otra lūdz labojumus." in form
    assert "Virsraksts ir par īsu." in form
    _send(_as(first), _article(), "resubmit" if "action-resubmit" in form else "submit", title="Ar garāku virsrakstu")
    assert "lūdz labojumus" not in _text_of(_as(first).get(f"/admin/pages/{_article().pk}/edit/"))
    assert "Apstiprināta. Lapa ir publicēta." in _text_of(_approves(second, _article()))


def test_an_approval_for_later_does_not_say_that_the_page_is_out(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    page = _article()
    page.unpublish()
    page.refresh_from_db()
    page.go_live_at = (timezone.now() + dt.timedelta(hours=1)).replace(second=0, microsecond=0)
    page.save_revision(user=first)
    page.get_workflow().start(page, first)
    _state(page).task.specific.on_action(_state(page), second, "approve", read=mark_of(page.get_latest_revision()))
    request = RequestFactory().post("/", {"action-workflow-action": "1", "workflow-action-name": "approve"})
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    tell_what_is_to_mend(request, _article())
    (said,) = [str(message) for message in get_messages(request)]
    assert said.startswith("Apstiprināta")
    assert "publicēta" not in said
    assert not _article().live


def test_authors_wait_while_their_text_is_read(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    _send(_as(first), _article(), "submit", title="Iesniegts")
    task = _state(_article()).task.specific
    assert task.locked_for_user(_article(), first)
    assert not task.locked_for_user(_article(), second)
    waiting = [TaskState.objects.reviewable_by(user).count() for user in (first, second)]
    assert waiting == [0, 1]


def _violates(name: str, act: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_the_database_holds_it_too(editors: tuple[User, ...]) -> None:
    first, second, third = editors
    page = _article()
    page.title = "Garām pārbaudei"
    revision = page.save_revision(user=first)
    _violates("approved it", lambda: revision.publish(user=second))
    _violates("of their own", lambda: approve(revision=revision, approver=first))
    _violates("no such text", lambda: Approval.objects.create(revision_id=999_999_999, approver=second))
    page.summary = "Otrais pielika."
    later = page.save_revision(user=second)
    _violates("of their own", lambda: approve(revision=later, approver=first))
    approve(revision=later, approver=third)
    _violates("written over", lambda: Revision.objects.filter(pk=later.pk).update(content={**later.content, "title": "Cits"}))
    later.publish(user=third)
    assert _article().title == "Garām pārbaudei"
    again = _article().save_revision(user=third)
    approve(revision=again, approver=first)  # what is live is nobody's text any more


def test_an_approval_stays_when_the_page_goes(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    revision = _article().save_revision(user=first)
    approve(revision=revision, approver=second)
    Page.objects.get(pk=_article().pk).delete()
    assert Approval.objects.filter(revision_id=revision.pk).exists()


def test_a_planned_text_goes_out_at_its_time_and_comes_down_at_its_end(
    editors: tuple[User, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _third = editors
    page = _article()
    page.unpublish()
    page.refresh_from_db()
    start = timezone.now()
    page.title, page.go_live_at = "Plānots raksts", start + dt.timedelta(hours=1)
    page.expire_at = start + dt.timedelta(hours=2)
    page.save_revision(user=first)
    page.get_workflow().start(page, first)
    _state(page).task.specific.on_action(_state(page), second, "approve", read=mark_of(page.get_latest_revision()))
    assert Approval.objects.count() == 1
    assert not _article().live
    assert publish_due() == 0
    stored = Page.objects.get(pk=page.pk).get_latest_revision()
    monkeypatch.setattr(timezone, "now", lambda: start + dt.timedelta(minutes=61))
    assert publish_due() == 1
    assert (_article().live, _article().title, _article().live_revision_id) == (True, "Plānots raksts", stored.pk)
    assert publish_due() == 0
    monkeypatch.setattr(timezone, "now", lambda: start + dt.timedelta(minutes=121))
    assert publish_due() == 1
    assert (_article().live, _article().expired) == (False, True)


def _bundle(first: User, **values: Any) -> Bundle:
    bundle = Bundle.objects.create(title="Semestra sākums", **values)
    for slug in (ARTICLE, OTHER):
        page = _article(slug)
        page.title = f"Kopā: {slug}"
        page.save_revision(user=first)
        BundlePage.objects.create(bundle=bundle, page=page)
    return bundle


def _together() -> set[bool]:
    return {_article(slug).title.startswith("Kopā") for slug in (ARTICLE, OTHER)}


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
    newer = _article(OTHER).save_revision(user=first)
    BundlePage.objects.filter(page=_article(OTHER).pk).update(revision=newer)  # somebody slipped in what nobody approved
    assert (publish_due(), _together()) == (0, {False})
    BundlePage.objects.filter(revision=newer).update(revision=Approval.objects.exclude(
        revision=_article().get_latest_revision()).get().revision_id)  # fmt: skip
    assert (publish_due(), _together()) == (1, {True})


def test_a_bundle_that_was_changed_or_has_a_fault_waits(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    bundle = submit_bundle(bundle=_bundle(first), user=first)
    _article().save_revision(user=first)
    with pytest.raises(NotYet, match="pēc iesniegšanas"):
        approve_bundle(bundle=bundle, user=second, read=mark_of_bundle(bundle))
    bundle = return_bundle(bundle=bundle, user=second, remark="Skati virsrakstu.")
    assert (bundle.state, bundle.remark) == (BundleState.OPEN, "Skati virsrakstu.")
    page = _article()
    page.body = [("subheading", "Bez virsraksta")]
    page.save_revision(user=first)
    with pytest.raises(NotYet, match="Apakšvirsraksts"):
        submit_bundle(bundle=bundle, user=first)


def test_bundles_in_the_editor(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    one, two = _as(first), _as(second)
    html = _text_of(one.get("/admin/bundles/new/"))
    assert "Lapas" in html
    page = _article()
    page.title = "Kopā caur redaktoru"
    page.save_revision(user=first)
    data = {
        "title": "Mana kopa", "note": "", "publish_at": "", "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0",
        "items-MIN_NUM_FORMS": "1", "items-MAX_NUM_FORMS": "40", "items-0-page": str(page.pk), "items-0-ORDER": "1",
    }  # fmt: skip
    response = one.post("/admin/bundles/new/", data, follow=True)
    bundle = Bundle.objects.get(title="Mana kopa")
    assert response.redirect_chain[-1][0] == f"/admin/bundle/{bundle.pk}/"
    assert "Kopā caur redaktoru" in _text_of(response)
    address = f"/admin/bundle/{bundle.pk}/"
    one.post(f"/admin/bundle/{bundle.pk}/submit/")
    refused = _text_of(one.get(f"/admin/bundle/{bundle.pk}/"))
    assert "Tu nevari apstiprināt" in refused
    assert "„Kopā caur redaktoru”: Daļa šī teksta" in refused, "in the quotation marks of the language"
    assert [address in _text_of(who.get("/admin/")) for who in (one, two)] == [False, True], "the second editor's first page"
    assert one.get(f"/admin/bundles/edit/{bundle.pk}/").status_code == 302, "what is handed in is not changed"
    assert "Apstiprināt visas lapas" in _text_of(two.get(f"/admin/bundle/{bundle.pk}/"))
    unread = _text_of(two.post(f"/admin/bundle/{bundle.pk}/approve/", {"read": f"{page.pk}:1@older"}, follow=True))
    assert "mainīta pēc tam, kad to atvēri" in unread
    assert _article().title != "Kopā caur redaktoru"
    two.post(f"/admin/bundle/{bundle.pk}/approve/", {"read": mark_of_bundle(bundle)})
    assert _article().title == "Kopā caur redaktoru"
    assert Client().post(f"/admin/bundle/{bundle.pk}/approve/").status_code == 302, "only for editors"


def _kinds() -> list[type[SitePage]]:
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, SitePage)]


@pytest.mark.parametrize("model", _kinds(), ids=lambda model: model.__name__)
def test_every_kind_of_page_is_seen_before_it_goes_out(editors: tuple[User, ...], model: type[SitePage]) -> None:
    client = _as(editors[0])
    page = model.objects.filter(locale__language_code="lv").order_by("pk").first()
    assert page is not None, "the first content has one of each"
    url = f"/admin/pages/{page.pk}/edit/"
    form = form_of(client, url, model=model)
    form["title"] = "Vēl nesaglabāts virsraksts"
    assert client.post(f"{url}preview/", form).json() == {"is_valid": True, "is_available": True}
    shown = client.get(f"{url}preview/?mode=")
    assert shown.status_code == 200
    assert "Vēl nesaglabāts virsraksts" in _text_of(shown)


@pytest.mark.parametrize("model", [Topic, ContactPoint])
def test_every_snippet_is_seen_before_it_changes(editors: tuple[User, ...], model: type[Any]) -> None:
    client = _as(editors[0])
    row = model.objects.first()
    url = f"/admin/snippets/{model._meta.app_label}/{model._meta.model_name}/"
    form = form_of(client, f"{url}edit/{row.pk}/", model=model, form_id="w-editor-form")
    form["name_lv"] = "Vēl nesaglabāts nosaukums"
    assert client.post(f"{url}preview/{row.pk}/", form).json() == {"is_valid": True, "is_available": True}
    assert "Vēl nesaglabāts nosaukums" in _text_of(client.get(f"{url}preview/{row.pk}/?mode="))


def test_a_new_address_leads_on_from_the_old_one(editors: tuple[User, ...], django_capture_on_commit_callbacks: Any) -> None:
    first, second, _third = editors
    _send(_as(first), _article(), "submit", slug="jauna-adrese")
    with django_capture_on_commit_callbacks(execute=True):  # Wagtail tells of the new address when it is certain
        _approves(second, _article())
    redirect = Redirect.objects.get(old_path=f"/lv/jaunumi/{ARTICLE}")
    assert redirect.redirect_page.slug == "jauna-adrese"
    response = Client().get(f"/lv/jaunumi/{ARTICLE}/")
    assert (response.status_code, response["Location"]) == (301, "/lv/jaunumi/jauna-adrese/")


def test_the_editor_carries_the_projects_mark(editors: tuple[User, ...]) -> None:
    html = _text_of(_as(editors[0]).get("/admin/"))
    assert 'class="own-mark"' in html
    assert "<title>" in html
    assert "PuMPuRS" in html.partition("</title>")[0]
    assert "guide.wagtail" not in html, "the guide is our own; no way to another host"
    login = _text_of(Client().get("/admin/login/", follow=True))
    for page in (html, login):
        assert "icon-wagtail" not in page
        assert "Wagtail" not in page.partition("<body")[0].partition("<title>")[2].partition("</title>")[0]


def test_the_guide_is_in_the_editor_in_both_languages(editors: tuple[User, ...]) -> None:
    client = _as(editors[0])
    html = _text_of(client.get("/admin/guide/"))
    for words in ("Otrs redaktors", "Kopas", "Pārbaudes", "Teksts attēla vietā", "/admin/guide/"):
        assert words in html, words
    profile = __import__("wagtail.users.models", fromlist=["UserProfile"]).UserProfile.get_for_user(editors[0])
    profile.preferred_language = "en"
    profile.save()
    assert "A second editor" in _text_of(client.get("/admin/guide/"))


def test_reports_speak_of_people_and_kinds_as_latvian_does(editors: tuple[User, ...]) -> None:
    client = _as(editors[0])
    aging = _text_of(client.get("/admin/reports/aging-pages/"))
    assert "sistēma" in aging
    assert not re.search(r">\s*None\s*<", aging), "nobody is called that"
    assert "Jauniešu projektu uzsaukums" in _text_of(client.get("/admin/reports/page-types-usage/"))


def test_addresses_have_no_diacritics(editors: tuple[User, ...]) -> None:
    html = _text_of(_as(editors[0]).get(f"/admin/pages/add/news/newsarticlepage/{_article().get_parent().pk}/"))
    assert 'data-w-slug-allow-unicode-value="true"' not in html
    page = NewsArticlePage(title="Ķēniņa ģērbtuve", summary="Īsi.", date=dt.date(2023, 10, 1))
    _article().get_parent().add_child(instance=page)
    assert page.slug == "kenina-gerbtuve"


def test_the_times_of_a_page_name_no_button_that_is_not_there(editors: tuple[User, ...]) -> None:
    html = _text_of(_as(editors[0]).get(f"/admin/pages/{_article().pk}/edit/"))
    assert "Laiki stājas spēkā, kad tekstu apstiprinājis otrs redaktors." in html
    assert "Ieplānot publicēšanu" not in html

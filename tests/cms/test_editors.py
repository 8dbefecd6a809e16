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

from backend.accounts.models import User
from cms.base.models import SitePage, Topic
from cms.editing.models import Approval
from cms.editing.policies import mark_of
from cms.editing.services import approve, publish_due
from cms.editing.wagtail_hooks import tell_what_is_to_mend
from cms.news.models import NewsArticlePage
from cms.places.models import ContactPoint
from tests.cms.editing import ARTICLE, approves, article, form_of, send, signed_in, state_of, text_of

pytestmark = pytest.mark.django_db


def test_nobody_publishes_directly(editors: tuple[User, ...]) -> None:
    first, _second, _third = editors
    html = text_of(signed_in(first).get(f"/admin/pages/{article().pk}/edit/"))
    assert "action-publish" not in html
    assert "action-submit" in html
    response = send(signed_in(first), article(), "publish", title="Pašas publicēts")
    assert "otrs redaktors" in text_of(response)
    assert article().title != "Pašas publicēts"
    assert article().get_latest_revision_as_object().title == "Pašas publicēts", "the draft is kept"


def test_a_second_editor_lets_a_text_out(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    send(signed_in(first), article(), "submit", title="Otrais lasīja")
    assert article().title != "Otrais lasīja"
    approves(first, article())
    assert article().title != "Otrais lasīja", "not by the one who wrote it"
    assert "approve" not in [name for name, _label, _form in state_of(article()).task.specific.get_actions(article(), first)]
    approves(second, article())
    assert article().title == "Otrais lasīja"
    approval = Approval.objects.get()
    assert (approval.approver, approval.revision_id) == (second, article().live_revision_id)
    actions = set(PageLogEntry.objects.filter(page=article().pk).values_list("action", flat=True))
    assert {"wagtail.edit", "wagtail.workflow.start", "wagtail.workflow.approve", "editing.approve", "wagtail.publish"} <= actions
    assert "Otrais lasīja" in text_of(signed_in(second).get("/admin/reports/site-history/"))


def test_who_mended_a_comma_has_written(editors: tuple[User, ...]) -> None:
    first, second, third = editors
    send(signed_in(first), article(), "submit", title="Kopīgs darbs")
    send(signed_in(second), article(), "save", summary="Otrais pielaboja kopsavilkumu, un tas ir arī viņa teksts.")
    with pytest.raises(PermissionDenied, match="savs"), _latvian():
        state_of(article()).task.specific.on_action(state_of(article()), second, "approve")
    with pytest.raises(IntegrityError, match="approved it"), transaction.atomic():
        _past_our_code(state_of(article()), second)
    approves(third, article())
    assert article().title == "Kopīgs darbs"


def _past_our_code(state: TaskState, user: User) -> None:
    """Wagtail's own approval of the text as it stands, which publishes it."""
    state.revision = article().get_latest_revision()
    state.approve(user=user)


def _latvian() -> Any:
    from django.utils import translation

    return translation.override("lv")


def test_an_administrator_is_no_exception(editors: tuple[User, ...]) -> None:
    chief = User.objects.create_superuser("vaditaja", "correct horse battery staple")
    send(signed_in(chief), article(), "submit", title="Vadītājas teksts")
    approves(chief, article())
    send(signed_in(chief), article(), "publish", title="Vadītājas teksts")
    assert article().title != "Vadītājas teksts"


def test_an_approver_who_changes_the_text_while_approving_is_refused(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    send(signed_in(first), article(), "submit", title="Pirmās teksts")
    send(signed_in(second), article(), "workflow-action", **{"workflow-action-name": "approve", "title": "Pārrakstīts"})
    assert article().title not in {"Pārrakstīts"}


def test_an_approval_is_for_the_text_that_was_read(editors: tuple[User, ...]) -> None:
    first, second, third = editors
    send(signed_in(first), article(), "submit", title="Ko otrais lasa")
    reader, url = signed_in(second), f"/admin/pages/{article().pk}/edit/"
    form = form_of(reader, url, model=NewsArticlePage)
    form.update({"action-workflow-action": "1", "workflow-action-name": "approve"})
    page = article().get_latest_revision_as_object()
    page.title = "Ko trešā pierakstīja pa to laiku"
    newer = page.save_revision(user=third)
    answer = reader.post(url, form, follow=True)
    assert "mainīts pēc tam, kad to atvēri" in text_of(answer)
    assert answer.redirect_chain[-1][0] == url
    assert article().title not in {"Ko otrais lasa", page.title}
    form = form_of(reader, url, model=NewsArticlePage)
    form.update({"action-workflow-action": "1", "workflow-action-name": "approve"})
    page.title = "Pārrakstīts tajā pašā versijā"
    page.save_revision(user=third, overwrite_revision=newer)  # as Wagtail's autosave does
    assert "mainīts pēc tam" in text_of(reader.post(url, form, follow=True))
    assert Approval.objects.count() == 0
    approves(second, article())
    assert article().title == "Pārrakstīts tajā pašā versijā"


def test_nothing_is_approved_unread_from_a_list(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    send(signed_in(first), article(), "submit", title="Jālasa")
    reader = signed_in(second)
    assert f"/approve/{state_of(article()).pk}/" not in text_of(reader.get("/admin/"))
    assert f"/reject/{state_of(article()).pk}/" in text_of(reader.get("/admin/"))
    answer = reader.post(f"/admin/pages/workflow/action/{article().pk}/approve/{state_of(article()).pk}/", {}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/admin/pages/{article().pk}/edit/?read-first=1"
    assert "izlasi to šeit" in text_of(answer)
    assert (article().title == "Jālasa", Approval.objects.count()) == (False, 0)


def test_a_reviewers_step_is_told_and_its_remark_stands_on_the_form(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    send(signed_in(first), article(), "submit", title="Ar piezīmi")
    remark = '{"comment": "Virsraksts ir par īsu."}'
    action = {"workflow-action-name": "reject", "workflow-action-extra-data": remark}
    assert "Atdota labošanai." in text_of(send(signed_in(second), article(), "workflow-action", **action))
    form = text_of(signed_in(first).get(f"/admin/pages/{article().pk}/edit/"))
    assert "otra lūdz labojumus." in form
    assert "Virsraksts ir par īsu." in form
    send(signed_in(first), article(), "resubmit" if "action-resubmit" in form else "submit", title="Ar garāku virsrakstu")
    assert "lūdz labojumus" not in text_of(signed_in(first).get(f"/admin/pages/{article().pk}/edit/"))
    assert "Apstiprināta. Lapa ir publicēta." in text_of(approves(second, article()))


def test_an_approval_for_later_does_not_say_that_the_page_is_out(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    page = article()
    page.unpublish()
    page.refresh_from_db()
    page.go_live_at = (timezone.now() + dt.timedelta(hours=1)).replace(second=0, microsecond=0)
    page.save_revision(user=first)
    page.get_workflow().start(page, first)
    state_of(page).task.specific.on_action(state_of(page), second, "approve", read=mark_of(page.get_latest_revision()))
    request = RequestFactory().post("/", {"action-workflow-action": "1", "workflow-action-name": "approve"})
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    tell_what_is_to_mend(request, article())
    (said,) = [str(message) for message in get_messages(request)]
    assert said.startswith("Apstiprināta")
    assert "publicēta" not in said
    assert not article().live


def test_authors_wait_while_their_text_is_read(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    send(signed_in(first), article(), "submit", title="Iesniegts")
    task = state_of(article()).task.specific
    assert task.locked_for_user(article(), first)
    assert not task.locked_for_user(article(), second)
    waiting = [TaskState.objects.reviewable_by(user).count() for user in (first, second)]
    assert waiting == [0, 1]


def _violates(name: str, act: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_the_database_holds_it_too(editors: tuple[User, ...]) -> None:
    first, second, third = editors
    page = article()
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
    assert article().title == "Garām pārbaudei"
    again = article().save_revision(user=third)
    approve(revision=again, approver=first)  # what is live is nobody's text any more


def test_an_approval_stays_when_the_page_goes(editors: tuple[User, ...]) -> None:
    first, second, _third = editors
    revision = article().save_revision(user=first)
    approve(revision=revision, approver=second)
    Page.objects.get(pk=article().pk).delete()
    assert Approval.objects.filter(revision_id=revision.pk).exists()


def test_a_planned_text_goes_out_at_its_time_and_comes_down_at_its_end(
    editors: tuple[User, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _third = editors
    page = article()
    page.unpublish()
    page.refresh_from_db()
    start = timezone.now()
    page.title, page.go_live_at = "Plānots raksts", start + dt.timedelta(hours=1)
    page.expire_at = start + dt.timedelta(hours=2)
    page.save_revision(user=first)
    page.get_workflow().start(page, first)
    state_of(page).task.specific.on_action(state_of(page), second, "approve", read=mark_of(page.get_latest_revision()))
    assert Approval.objects.count() == 1
    assert not article().live
    assert publish_due() == 0
    stored = Page.objects.get(pk=page.pk).get_latest_revision()
    monkeypatch.setattr(timezone, "now", lambda: start + dt.timedelta(minutes=61))
    assert publish_due() == 1
    assert (article().live, article().title, article().live_revision_id) == (True, "Plānots raksts", stored.pk)
    assert publish_due() == 0
    monkeypatch.setattr(timezone, "now", lambda: start + dt.timedelta(minutes=121))
    assert publish_due() == 1
    assert (article().live, article().expired) == (False, True)


def _kinds() -> list[type[SitePage]]:
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, SitePage)]


@pytest.mark.parametrize("model", _kinds(), ids=lambda model: model.__name__)
def test_every_kind_of_page_is_seen_before_it_goes_out(editors: tuple[User, ...], model: type[SitePage]) -> None:
    client = signed_in(editors[0])
    page = model.objects.filter(locale__language_code="lv").order_by("pk").first()
    assert page is not None, "the first content has one of each"
    url = f"/admin/pages/{page.pk}/edit/"
    form = form_of(client, url, model=model)
    form["title"] = "Vēl nesaglabāts virsraksts"
    assert client.post(f"{url}preview/", form).json() == {"is_valid": True, "is_available": True}
    shown = client.get(f"{url}preview/?mode=")
    assert shown.status_code == 200
    assert "Vēl nesaglabāts virsraksts" in text_of(shown)


@pytest.mark.parametrize("model", [Topic, ContactPoint])
def test_every_snippet_is_seen_before_it_changes(editors: tuple[User, ...], model: type[Any]) -> None:
    client = signed_in(editors[0])
    row = model.objects.first()
    url = f"/admin/snippets/{model._meta.app_label}/{model._meta.model_name}/"
    form = form_of(client, f"{url}edit/{row.pk}/", model=model, form_id="w-editor-form")
    form["name_lv"] = "Vēl nesaglabāts nosaukums"
    assert client.post(f"{url}preview/{row.pk}/", form).json() == {"is_valid": True, "is_available": True}
    assert "Vēl nesaglabāts nosaukums" in text_of(client.get(f"{url}preview/{row.pk}/?mode="))


def test_a_new_address_leads_on_from_the_old_one(editors: tuple[User, ...], django_capture_on_commit_callbacks: Any) -> None:
    first, second, _third = editors
    send(signed_in(first), article(), "submit", slug="jauna-adrese")
    with django_capture_on_commit_callbacks(execute=True):  # Wagtail tells of the new address when it is certain
        approves(second, article())
    redirect = Redirect.objects.get(old_path=f"/lv/jaunumi/{ARTICLE}")
    assert redirect.redirect_page.slug == "jauna-adrese"
    response = Client().get(f"/lv/jaunumi/{ARTICLE}/")
    assert (response.status_code, response["Location"]) == (301, "/lv/jaunumi/jauna-adrese/")


def test_the_editor_carries_the_projects_mark(editors: tuple[User, ...]) -> None:
    html = text_of(signed_in(editors[0]).get("/admin/"))
    assert 'class="own-mark"' in html
    assert "<title>" in html
    assert "PuMPuRS" in html.partition("</title>")[0]
    assert "guide.wagtail" not in html, "the guide is our own; no way to another host"
    login = text_of(Client().get("/admin/login/", follow=True))
    for page in (html, login):
        assert "icon-wagtail" not in page
        assert "Wagtail" not in page.partition("<body")[0].partition("<title>")[2].partition("</title>")[0]


def test_the_guide_is_in_the_editor_in_both_languages(editors: tuple[User, ...]) -> None:
    client = signed_in(editors[0])
    html = text_of(client.get("/admin/guide/"))
    for words in ("Otrs redaktors", "Kopas", "Pārbaudes", "Teksts attēla vietā", "/admin/guide/"):
        assert words in html, words
    profile = __import__("wagtail.users.models", fromlist=["UserProfile"]).UserProfile.get_for_user(editors[0])
    profile.preferred_language = "en"
    profile.save()
    assert "A second editor" in text_of(client.get("/admin/guide/"))


def test_reports_speak_of_people_and_kinds_as_latvian_does(editors: tuple[User, ...]) -> None:
    client = signed_in(editors[0])
    aging = text_of(client.get("/admin/reports/aging-pages/"))
    assert "sistēma" in aging
    assert not re.search(r">\s*None\s*<", aging), "nobody is called that"
    assert "Jauniešu projektu uzsaukums" in text_of(client.get("/admin/reports/page-types-usage/"))


def test_addresses_have_no_diacritics(editors: tuple[User, ...]) -> None:
    html = text_of(signed_in(editors[0]).get(f"/admin/pages/add/news/newsarticlepage/{article().get_parent().pk}/"))
    assert 'data-w-slug-allow-unicode-value="true"' not in html
    page = NewsArticlePage(title="Ķēniņa ģērbtuve", summary="Īsi.", date=dt.date(2023, 10, 1))
    article().get_parent().add_child(instance=page)
    assert page.slug == "kenina-gerbtuve"


def test_the_times_of_a_page_name_no_button_that_is_not_there(editors: tuple[User, ...]) -> None:
    html = text_of(signed_in(editors[0]).get(f"/admin/pages/{article().pk}/edit/"))
    assert "Laiki stājas spēkā, kad tekstu apstiprinājis otrs redaktors." in html
    assert "Ieplānot publicēšanu" not in html

"""Signing in, the account page, and who may open the editor."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.users.models import UserProfile

from backend.accounts.models import Assignment, Level, Role, User
from cms.base.editors import GROUP, grant_editors
from cms.home.models import HomePage
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture
def editor(site: int) -> User:
    """A user with the role of an editor, taken into the group."""
    user = User.objects.create_user("redaktore", PASSWORD, first_name="Redaktore", last_name="Paraugs")
    Assignment.objects.create(user=user, role=Role.EDITOR, level=Level.STATE, valid_from="2017-03-16")
    grant_editors(root_pages=list(HomePage.objects.all()))
    return user


@pytest.fixture
def teacher(site: int) -> User:
    """A user who is no editor."""
    return User.objects.create_user("pedagogs", PASSWORD)


def test_signing_in_speaks_latvian_by_default_and_english_when_asked(client: Client, site: int) -> None:
    assert "Pieteikties" in client.get("/sign-in/").content.decode()
    english = client.get("/sign-in/", headers={"accept-language": "en"}).content.decode()
    assert Markup(english).all("html")[0]["lang"] == "en"
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert "User name" in client.get("/sign-in/", headers={"accept-language": "lv"}).content.decode()


def test_a_wrong_password_and_a_wrong_name_get_the_same_answer(client: Client, teacher: User) -> None:
    answers = [
        client.post("/sign-in/", {"username": name, "password": "wrong wrong wrong"})
        .content.decode()
        .split('role="alert"')[1][:200]
        for name in ("pedagogs", "nobody")
    ]
    assert answers[0] == answers[1]


def test_the_account_shows_roles_with_unit_and_period(client: Client, editor: User) -> None:
    response = client.post("/sign-in/", {"username": "redaktore", "password": PASSWORD}, follow=True)
    html = response.content.decode()
    assert response.redirect_chain == [("/account/", 302)]
    for words in ("Redaktore Paraugs", "redaktors", "16.03.2017", "beigas nav noteiktas", "/admin/"):
        assert words in html
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/account/")["Location"] == "/sign-in/?next=/account/"


def test_signing_in_does_not_lead_off_the_site(client: Client, teacher: User) -> None:
    response = client.post("/sign-in/", {"username": "pedagogs", "password": PASSWORD, "next": "https://example.org/"})
    assert response["Location"] == "/account/"


def test_only_editors_open_the_editor(client: Client, editor: User, teacher: User) -> None:
    client.force_login(teacher)
    assert client.get("/admin/").status_code == 302
    client.force_login(editor)
    response = client.get("/admin/")
    assert response.status_code == 200
    assert set(Group.objects.get(name=GROUP).user_set.all()) == {editor}


def test_an_editor_writes_a_page_in_a_latvian_editor(client: Client, editor: User) -> None:
    client.force_login(editor)
    profile = UserProfile.get_for_user(editor)
    profile.preferred_language = "lv"
    profile.save()
    home = HomePage.objects.get(locale__language_code="lv")
    news = home.get_children().get(slug="jaunumi")
    html = client.get(f"/admin/pages/add/news/newsarticlepage/{news.pk}/").content.decode()
    assert "Kopsavilkums" in html or "kopsavilkums" in html
    assert Markup(html).all("html")[0]["lang"] == "lv"
    for url in ("/admin/images/", "/admin/documents/", "/admin/snippets/base/topic/"):
        assert client.get(url).status_code == 200, url
    assert client.get("/admin/users/").status_code == 302


def test_preview_of_a_draft_works_for_the_editor(client: Client, editor: User) -> None:
    client.force_login(editor)
    home = HomePage.objects.get(locale__language_code="lv")
    response = client.get(f"/admin/pages/{home.pk}/view_draft/")
    assert response.status_code == 200
    assert "ieklausies" in response.content.decode()

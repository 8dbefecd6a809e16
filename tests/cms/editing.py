"""Editors as tests need them, and their forms: what the page's HTML holds, and the streams that only its scripts would add."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from wagtail.fields import StreamField
from wagtail.models import Page, TaskState
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

from backend.accounts.models import Assignment, Level, Role, User
from cms.base.editors import grant_editors
from cms.home.models import HomePage
from cms.news.models import NewsArticlePage

ARTICLE = "atskats-uz-sesos-gados-paveikto"
OTHER = "palielina-finansejumu"
_SERIES = {"indicator": "iap_count", "title": "Plāni", "text": rich_text("<p>Cik plānu.</p>")}


def form_of(client: Client, url: str, *, model: type[Any], form_id: str = "page-edit-form", text: Any = None) -> QueryDict:
    """The form at `url` with its values; a stream that must not be empty holds one block, any other none.

    Where `text` (the page as it was saved last) holds that one block already, it is the same block, not a new one.
    """
    data = querydict_from_html(client.get(url).content.decode(), form_id=form_id)
    streams: dict[str, Any] = {}
    for field in model._meta.get_fields():
        if isinstance(field, StreamField):
            blocks = [] if field.blank else [("series", _SERIES) if field.name == "series" else ("heading", "Virsraksts")]
            streams[field.name] = streamfield(blocks)
    data.update(nested_form_data(streams))
    for name in streams if text is not None else ():
        data.update({f"{name}-{place}-id": block.id for place, block in enumerate(getattr(text, name))})
    return data


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


def signed_in(user: User) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def article(slug: str = ARTICLE) -> NewsArticlePage:
    """An article of the loaded site."""
    return NewsArticlePage.objects.get(slug=slug)


def send(client: Client, page: Page, action: str, **values: Any) -> Any:
    """Open the form of a page, change fields, press a button."""
    url = f"/admin/pages/{page.pk}/edit/"
    data = form_of(client, url, model=type(page), text=page.get_latest_revision_as_object())
    data.update({f"action-{action}": "1", **values})
    return client.post(url, data, follow=True)


def text_of(response: Any) -> str:
    """The HTML of an answer."""
    return str(response.content.decode())


def state_of(page: Page) -> TaskState:
    """The step at which the page waits."""
    state = Page.objects.get(pk=page.pk).specific.current_workflow_task_state
    assert state is not None
    return state


def approves(user: User, page: Page) -> Any:
    """Somebody lets the page out, with the button of its form."""
    return send(signed_in(user), page, "workflow-action", **{"workflow-action-name": "approve"})

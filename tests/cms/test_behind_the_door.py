"""Sections behind a password or a group: whoever was let in sees what is there, nobody else does, and nothing is kept."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from cms.materials.models import MaterialPage
from tests.cms.keeping import committed
from tests.cms.test_kept_pages import PLACES, _article, _kept, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def _behind_a_password(section: Page) -> tuple[PageViewRestriction, str]:
    """The restriction, and the address of its door."""
    restriction = PageViewRestriction.objects.create(
        page=section, restriction_type=PageViewRestriction.PASSWORD, password="atveries"
    )
    committed()
    caches["pages"].clear()
    return restriction, reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, section.pk])


def test_a_page_behind_a_password_or_a_group_is_never_kept(world: None) -> None:
    section = Page.objects.get(slug="jaunumi")
    restriction, door = _behind_a_password(section)
    visitor = Client(enforce_csrf_checks=False)
    form = visitor.get("/lv/jaunumi/")
    assert form.status_code == 200
    assert 'type="password"' in form.content.decode()
    assert 'type="password"' in visitor.get(PLACES["article"]).content.decode(), "all below the section too"
    visitor.post(door, {"password": "atveries", "return_url": "/lv/jaunumi/"})
    for address in ("/lv/jaunumi/", PLACES["article"]):
        opened = visitor.get(address)
        assert (opened.status_code, 'type="password"' in opened.content.decode()) == (200, False)
    assert f"<h1>{_article().title}</h1>" in opened.content.decode()
    assert _kept() == 0
    # Whoever is in sees what is there, in the section and in its feed, and goes on by its menu; nobody else sees any of it.
    for address in ("/lv/jaunumi/", "/lv/jaunumi/rss/"):
        assert PLACES["article"] in visitor.get(address).content.decode(), address
        assert PLACES["article"] not in Client().get(address).content.decode(), address
    assert '"/lv/jaunumi/"' in visitor.get("/lv/jaunumi/").content.decode()
    assert PLACES["article"] not in visitor.get("/lv/").content.decode()
    assert _kept() == 0
    restriction.delete()
    groups = PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.GROUPS)
    groups.groups.add(Group.objects.create(name="Iekšēji"))
    committed()
    assert Client().get("/lv/jaunumi/").status_code in (302, 403)
    assert _kept() == 0


def test_a_file_behind_a_password_is_for_who_was_let_in(world: None) -> None:
    material = MaterialPage.objects.get(slug="kontrolsaraksts-klases-audzinatajam")
    assert Client().get(material.document.url).status_code == 200
    section = material.get_parent()
    _restriction, door = _behind_a_password(section)
    visitor = Client()
    assert visitor.get(material.document.url).status_code == 404
    visitor.post(door, {"password": "atveries", "return_url": "/lv/materiali/"})
    assert visitor.get(material.document.url).status_code == 200
    assert material.title in visitor.get("/lv/materiali/").content.decode()
    assert Client().get(material.document.url).status_code == 404

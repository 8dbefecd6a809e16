"""Kept answers with real commits: what another process commits is seen at once, and nobody waits for anybody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client, override_settings
from wagtail.models import Locale, Page, Site

from cms.base.generation import generation
from cms.base.languages import forget_locales
from cms.home.models import HomePage, TextPage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def worker_elsewhere() -> Iterator[None]:
    """Background work is a worker's, as on the platform: the index of the search moves the number in a commit of its own."""
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}):
        yield


@pytest.fixture
def pages() -> Iterator[tuple[TextPage, TextPage]]:
    """A first page with two pages of text below it, committed."""
    root = Page.get_first_root_node()
    locale = Locale.objects.get_or_create(language_code="lv")[0]
    Locale.objects.get_or_create(language_code="en")
    forget_locales()
    home = root.add_child(
        instance=HomePage(
            title="Sākums", slug="sakums", summary="Kopsavilkums.", motto="Devīze", locale=locale, contact_email="a@ikvd.gov.lv",
            project_number="1", project_title="P", beneficiary="B",
        )
    )  # fmt: skip
    Site.objects.update(root_page=home)
    made = [
        home.add_child(instance=TextPage(title=name, slug=name, summary=f"Par {name}.", locale=locale, body=[("heading", name)]))
        for name in ("viens", "divi")
    ]
    caches["pages"].clear()
    yield made[0], made[1]
    forget_locales()


def _elsewhere(act: Callable[[], None]) -> None:
    """Run in a thread of its own, which has a connection of its own, and commit."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as problem:
            failed.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert failed == []


def _rename(page: TextPage, title: str) -> None:
    page = TextPage.objects.get(pk=page.pk)
    page.title = title
    page.save_revision().publish()


def _title(url: str) -> str:
    html = Client().get(url).content.decode()
    return html.partition("<h1")[2].partition(">")[2].partition("</h1>")[0].strip()


@override_settings(SITE_CACHE_SECONDS=600)
def test_what_another_process_commits_is_seen_at_once(pages: tuple[TextPage, TextPage]) -> None:
    assert _title("/lv/viens/") == "viens"
    assert _title("/lv/viens/") == "viens"
    _elsewhere(lambda: _rename(pages[0], "Pārdēvēts"))
    assert _title("/lv/viens/") == "Pārdēvēts"
    _elsewhere(lambda: TextPage.objects.get(pk=pages[0].pk).unpublish())
    assert Client().get("/lv/viens/").status_code == 404


@override_settings(SITE_CACHE_SECONDS=600)
def test_what_is_made_before_a_commit_is_not_given_after_it(pages: tuple[TextPage, TextPage]) -> None:
    before = generation()
    with transaction.atomic():
        _rename(pages[0], "Vēl nav")
        assert generation() == before, "the number moves at the end"
        _elsewhere(lambda: _keep("/lv/viens/", "viens"))
    assert generation() == before + 1, "once a transaction, however many rows"
    assert _title("/lv/viens/") == "Vēl nav"


def _keep(url: str, title: str) -> None:
    assert _title(url) == title


@override_settings(SITE_CACHE_SECONDS=600)
def test_what_is_taken_back_changes_nothing(pages: tuple[TextPage, TextPage]) -> None:
    before = generation()
    with transaction.atomic():
        _rename(pages[0], "Atsaukts")
        transaction.set_rollback(True)
    assert generation() == before
    assert _title("/lv/viens/") == "viens"


def test_two_writers_do_not_wait_for_each_other_over_the_number(pages: tuple[TextPage, TextPage]) -> None:
    before = generation()
    with transaction.atomic():
        _rename(pages[0], "Pirmais")
        _elsewhere(lambda: _rename(pages[1], "Otrais"))  # would wait for ever if the number were held since the first change
        assert generation() == before + 1
    assert generation() == before + 2

"""The index follows the tree, and nothing that the public may not read is ever found, counted or offered."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction

from cms.files.models import SiteDocument
from cms.home.models import HomePage, TextPage
from cms.search import indexing
from cms.search.models import SearchEntry, SearchWord
from cms.search.selectors import find, suggestions

pytestmark = pytest.mark.django_db

WORD = "kvarkšķubiņa"


def found(q: str) -> int:
    return find(q=q, language="lv").total


def secret_page(*, live: bool) -> TextPage:
    home = HomePage.objects.get(locale__language_code="lv")
    page = TextPage(title=f"Par {WORD}", slug="slepena", summary="Nekas.", live=live, locale=home.locale)
    page.body = [("paragraph", f"<p>Te dzīvo {WORD} un viņas māsas.</p>")]
    home.add_child(instance=page)
    return page


def nothing_tells(client: Client) -> None:
    assert found(WORD) == 0
    assert suggestions(q=WORD[:5]) == []
    assert client.get("/lv/meklet/words/", {"q": WORD[:5]}).json() == {"words": []}
    assert f"<mark>{WORD}" not in client.get("/lv/meklet/", {"q": WORD}).content.decode()
    assert found(WORD[:-2] + "a") == 0  # no correction leads there either


def test_published_unpublished_and_changed(client: Client, index: int, django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page = secret_page(live=False)
    nothing_tells(client)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page.save_revision().publish()
    assert found(WORD) == 1
    assert suggestions(q=WORD[:5]) == [WORD]
    page.body = [("paragraph", "<p>Zumzinātava.</p>")]
    page.title = "Cita"
    page.save_revision()  # a draft of the change is not the public text
    assert found("zumzinātavā") == 0
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page.save_revision().publish()
    nothing_tells(client)
    assert found("cita zumzinātava") == 1
    page.refresh_from_db()
    page.unpublish()
    hits = find(q="cita zumzinātava", language="lv").hits  # its words stand nowhere now: near ones may be taken for them
    assert page.pk not in [hit.page_id for hit in hits]


def test_restricted_at_once_and_open_again(client: Client, index: int, django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page = secret_page(live=True)
        page.save_revision().publish()
    assert found(WORD) == 1
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    nothing_tells(client)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        restriction.delete()
    assert found(WORD) == 1


def test_a_stale_index_still_shows_nothing_closed(index: int) -> None:
    page = secret_page(live=True)
    indexing.index_pages([page.pk])
    assert found(WORD) == 1
    Page.objects.filter(pk=page.pk).update(live=False)  # behind every signal's back
    assert found(WORD) == 0
    Page.objects.filter(pk=page.pk).update(live=True)
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=page.get_parent(), restriction_type="login")])
    assert found(WORD) == 0


def test_deleted_pages_take_their_words_along(index: int) -> None:
    page = secret_page(live=True)
    indexing.index_pages([page.pk])
    page.delete()
    assert SearchWord.objects.get(pk=WORD).frequency == 0
    assert suggestions(q=WORD[:5]) == []
    assert indexing.forget_unused_words() > 0
    assert not SearchWord.objects.filter(pk=WORD).exists()


def test_moved_under_a_closed_page(index: int, django_capture_on_commit_callbacks: object) -> None:
    page = secret_page(live=True)
    indexing.index_pages([page.pk])
    closed = TextPage.objects.get(slug="par-projektu")
    PageViewRestriction.objects.create(page=closed, restriction_type="groups").groups.add(Group.objects.create(name="x"))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page.move(closed, pos="last-child")
    assert not SearchEntry.objects.filter(page_id=page.pk).exists()


def test_counts_are_true_and_a_second_run_writes_nothing(index: int) -> None:
    counted: dict[str, int] = {}
    for words in SearchEntry.objects.values_list("words", flat=True):
        for word in words:
            counted[word] = counted.get(word, 0) + 1
    assert dict(SearchWord.objects.filter(frequency__gt=0).values_list("word", "frequency")) == counted
    again = indexing.index_site()
    assert (again.written, again.removed) == (0, 0)
    assert again.kept == index
    SearchEntry.objects.filter(pk__in=SearchEntry.objects.values("pk")[:5]).delete()  # as after a run that was cut off
    assert indexing.index_site().written == 5
    call_command("index_site", verbosity=0)


def test_rows_of_an_earlier_release_are_filled_alike(index: int) -> None:
    """Migration 0004 fills what was there by these expressions; the index writes the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), count(*) filter (where page_language = l.language_code"
            "   and traits = jsonb_build_array(e.kind, l.language_code, e.audiences, e.topics)::text"
            "   and salient = array_to_tsvector(array(select key from unnest(e.vector) u, lateral (values"
            "     (u.lexeme, u.weights && '{A,B}'), ('*' || u.lexeme, cardinality(u.positions) >= 2)) k(key, salient)"
            "     where salient))"
            "   and abs(shortness - 1 / log(2, 1 + greatest(1,"
            "     (select coalesce(sum(cardinality(positions)), 0) from unnest(e.vector))))) < 1e-9)"
            " from search_searchentry e join wagtailcore_page p on p.id = e.page_id"
            " join wagtailcore_locale l on l.id = p.locale_id"
        )
        every, alike = cursor.fetchone() or (0, 0)
    assert every == alike == index


def test_files_are_searched_until_they_are_closed(index: int, django_capture_on_commit_callbacks: object) -> None:
    hit = find(q="neattaisnots kavējums priekšmetos", language="lv").hits[0]
    assert hit.document_name.endswith(".pdf")
    assert "Neattaisnoti" in [piece.text for piece in hit.excerpt if piece.found]
    assert any(hit.document_name.endswith(".docx") for hit in find(q="aizpildītu lapu iznīcina", language="lv").hits)
    document = SiteDocument.objects.get(pk=hit.document_id)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="login")
    assert found("neattaisnots kavējums priekšmetos") == 0
    assert not SearchEntry.objects.filter(document__isnull=False).exists()

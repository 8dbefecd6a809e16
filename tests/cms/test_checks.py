"""What an editor is told before a text goes out, in both languages, and that a fault keeps the page back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import translation

from backend.accounts.models import Assignment, Level, Role, User
from cms.base.blocks import BodyBlock
from cms.base.editors import grant_editors
from cms.editing.checks import faults_of, findings_of, names_a_file
from cms.editing.policies import mark_of
from cms.files.models import SiteDocument, SiteImage
from cms.home.models import HomePage
from cms.klase.models import EpisodePage
from cms.news.models import NewsArticlePage

pytestmark = pytest.mark.django_db
ARTICLE = "atskats-uz-sesos-gados-paveikto"


def _image() -> int:
    return int(SiteImage.objects.order_by("pk").values_list("pk", flat=True)[0])


def _page(*blocks: tuple[str, Any]) -> NewsArticlePage:
    page = NewsArticlePage.objects.get(slug=ARTICLE)
    page.body = BodyBlock().to_python([{"type": kind, "value": value} for kind, value in blocks])
    return page


def _codes(page: Any) -> set[str]:
    return {finding.code for finding in findings_of(page)}


LINKS = {
    "<a href='https://example.org/'>plans.pdf</a>": "LINK_FILE_NAME",
    "<a href='https://example.org/'>Atbalsta plans 2023.docx</a>": "LINK_FILE_NAME",
    "<a href='https://example.org/'>šeit</a>": "LINK_SAYS_NOTHING",
    "<a href='https://example.org/'>Spied šeit!</a>": "LINK_SAYS_NOTHING",
    "<a href='https://example.org/'>https://example.org/</a>": "LINK_SAYS_NOTHING",
    "<a href='https://example.org/'> </a>": "LINK_SAYS_NOTHING",
    "<a href='https://example.org/'>Atbalsta plāna paraugs</a>": "",
    "<a linktype='page' id='999999'>lapa, kuras nav</a>": "LINK_TO_DRAFT",
}


@pytest.mark.parametrize(("source", "code"), LINKS.items())
def test_links_say_where_they_lead(site: int, source: str, code: str) -> None:
    inside = {"facts": [{"term": "Kas", "text": source}]}
    for page in (_page(("paragraph", f"<p>{source}</p>")), _page(("facts", inside))):
        assert {found for found in _codes(page) if found.startswith("LINK")} == ({code} if code else set())


@pytest.mark.parametrize(
    ("alt", "code"),
    [
        ("", "ALT_MISSING"),
        ("  ", "ALT_MISSING"),
        ("IMG_2041.JPG", "ALT_FILE_NAME"),
        ("img 2041", "ALT_FILE_NAME"),
        ("Bērni pie loga", ""),
    ],
)
def test_pictures_have_a_text_alternative(site: int, alt: str, code: str) -> None:
    page = _page(("image", {"image": _image(), "alt": alt, "caption": ""}))
    assert {found for found in _codes(page) if found.startswith("ALT")} == ({code} if code else set())


def test_headings_come_in_their_order(site: int) -> None:
    assert "HEADING_ORDER" in _codes(_page(("subheading", "Trešais"), ("heading", "Otrais")))
    assert "HEADING_ORDER" not in _codes(_page(("heading", "Otrais"), ("subheading", "Trešais"), ("heading", "Otrais")))


def test_a_download_has_a_title_for_people(site: int) -> None:
    document = SiteDocument.objects.create(title="plans_v3.pdf", file=ContentFile(b"%PDF-1.4", name="a.pdf"), file_size=8)
    page = _page(("download", {"document": document.pk, "description": ""}))
    assert "LINK_FILE_NAME" in _codes(page)
    document.title = "Plāna paraugs"
    document.save()
    assert "LINK_FILE_NAME" not in _codes(_page(("download", {"document": document.pk, "description": ""})))


def test_a_video_needs_what_is_said(site: int) -> None:
    episode = EpisodePage.objects.order_by("pk").first()
    assert episode is not None
    episode.youtube_id, episode.transcript, episode.has_captions = "abcdefghijk", [], False
    assert {"TRANSCRIPT_MISSING", "CAPTIONS_MISSING"} <= _codes(episode)
    assert "CAPTIONS_MISSING" not in {finding.code for finding in faults_of(episode)}


def test_a_page_without_a_translation_says_so(site: int) -> None:
    translated, alone = NewsArticlePage.objects.get(slug=ARTICLE), _untranslated()
    assert "TRANSLATION_MISSING" not in _codes(translated)
    assert "TRANSLATION_MISSING" in _codes(alone)


def _untranslated() -> NewsArticlePage:
    english = NewsArticlePage.objects.filter(locale__language_code="en").values("translation_key")
    found = NewsArticlePage.objects.filter(locale__language_code="lv").exclude(translation_key__in=english).first()
    assert found is not None
    return found


def test_the_first_content_has_no_fault(site: int) -> None:
    from wagtail.models import Page

    pages = [page.specific for page in Page.objects.filter(depth__gte=2, live=True)]
    assert len(pages) >= 100
    assert {page.slug: [finding.message for finding in faults_of(page)] for page in pages if faults_of(page)} == {}


@pytest.mark.parametrize("name", ["plans.pdf", "IMG_0012", "dsc 0012", "Foto-3", "a.b.docx"])
def test_names_of_files_are_known(name: str) -> None:
    assert names_a_file(name)


@pytest.mark.parametrize("name", ["Plāna paraugs", "2023. gads", "www", "Bērni", "pdf"])
def test_words_are_no_names_of_files(name: str) -> None:
    assert not names_a_file(name)


def _editor(name: str, language: str = "lv") -> User:
    from wagtail.users.models import UserProfile

    user = User.objects.create_user(name, "correct horse battery staple")
    Assignment.objects.create(user=user, role=Role.EDITOR, level=Level.STATE, valid_from="2017-03-16")
    profile = UserProfile.get_for_user(user)
    profile.preferred_language = language
    profile.save()
    return user


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("lv", ("Jālabo", "Apakšvirsraksts stāv pirms", "Padari to par virsrakstu")),
        ("en", ("To mend", "stands before any", "Make it a")),
    ],
)
def test_the_editor_reads_it_in_the_form(site: int, language: str, words: tuple[str, ...]) -> None:
    user = _editor("rediga", language)
    grant_editors(root_pages=list(HomePage.objects.all()))
    page = _page(("subheading", "Trešais"))
    page.save_revision(user=user)
    client = Client()
    client.force_login(user)
    html = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    for word in words:
        assert word in html, word
    assert html.count('data-check="HEADING_ORDER"') == 1


def test_a_fault_keeps_the_page_back(site: int) -> None:
    first, second = _editor("pirma"), _editor("otra")
    grant_editors(root_pages=list(HomePage.objects.all()))
    page = _page(("subheading", "Trešais"))
    page.save_revision(user=first)
    state = page.get_workflow().start(page, first)
    assert [name for name, _label, _form in state.current_task_state.task.specific.get_actions(page, second)] == ["reject"]
    task = state.current_task_state.task.specific
    with pytest.raises(PermissionDenied, match="Padari to par virsrakstu"), translation.override("lv"):
        task.on_action(state.current_task_state, second, "approve")
    page = _page(("heading", "Otrais"))
    page.save_revision(user=first)
    task.on_action(page.current_workflow_task_state, second, "approve", read=mark_of(page.get_latest_revision()))
    assert str(NewsArticlePage.objects.get(slug=ARTICLE).body[0].value) == "Otrais"

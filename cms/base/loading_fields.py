"""What each kind of page takes from its content file (docs/editor/content-files.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils import timezone

from backend.territory.models import Municipality, Region
from cms.base.content_files import ContentFile
from cms.base.models import SitePage
from cms.events.models import EventPage, EventsIndexPage
from cms.faq.models import FaqIndexPage, QuestionPage
from cms.figures.models import FiguresPage
from cms.files.models import SiteDocument, SiteImage
from cms.files.pictures import CARD_POSTER, CARD_PREVIEW, PAGE_POSTER, PAGE_PREVIEW, specs
from cms.files.previews import make_preview
from cms.home.models import SiteMapPage, TextPage
from cms.klase.models import EpisodePage, KlaseIndexPage
from cms.materials.models import MaterialPage, MaterialsIndexPage
from cms.news.models import NewsArticlePage, NewsIndexPage
from cms.places.models import ContactsPage, InstitutionsPage
from cms.youth.models import CallPage, InitiativesIndexPage, ProjectPage

CMS = Path(__file__).resolve().parents[1]
Fields = dict[str, Any]

SECTIONS: dict[str, type[SitePage]] = {
    "about": TextPage,
    "support": TextPage,
    "news": NewsIndexPage,
    "klase": KlaseIndexPage,
    "materials": MaterialsIndexPage,
    "events": EventsIndexPage,
    "figures": FiguresPage,
    "contacts": ContactsPage,
    "questions": FaqIndexPage,
    "institutions": InstitutionsPage,
    "initiatives": InitiativesIndexPage,
    "accessibility": TextPage,
    "privacy": TextPage,
    "site-map": SiteMapPage,
}
"""Sections by the key of their files, in the order of the menu and the foot."""


def section_fields(file: ContentFile) -> tuple[type[SitePage], Callable[[], Fields]]:
    """Model of a section, or of a page of text below one, and what it takes from its file."""
    model = SECTIONS.get(file.key, TextPage)

    def fields() -> Fields:
        values: Fields = {"show_in_menus": file.head.get("menu") == "yes"}
        if model is TextPage:
            values |= {"body": file.blocks, "contents_list": file.head.get("contents") == "yes"}
        elif model in {KlaseIndexPage, ContactsPage, InstitutionsPage, InitiativesIndexPage}:
            values["body"] = file.blocks
        elif model is FiguresPage:
            values["body"] = file.without("series", "released")
            values["series"] = [
                block if kind == "released" else ("series", block)
                for kind, rows in file.of_kind("series", "released")
                for block in rows
            ]
        return values

    return model, fields


def home_fields(file: ContentFile) -> Fields:
    """What a first page takes from its file."""
    names = ("motto", "first_link_label", "second_link_label", "contact_email", "contact_note", "project_number")
    return {
        **{name: file.head[name] for name in (*names, "project_title", "beneficiary")},
        "key_figures": [("figure", row) for _kind, rows in file.of_kind("figures") for row in rows],
        "ways": [("group", group) for _kind, block in file.of_kind("gains") for group in block["groups"]],
        "steps": [("step", step) for _kind, block in file.of_kind("steps") for step in block["steps"]],
    }


def _article(file: ContentFile) -> Fields:
    date = dt.date.fromisoformat(file.head["date"])
    return {
        "date": date,
        "date_precision": file.head.get("precision", "day"),
        "body": file.blocks,
        "source_name": file.head.get("source", ""),
        "source_url": file.head.get("source_url", ""),
        "topics": file.topics(),
        "happened": timezone.make_aware(dt.datetime.combine(date, dt.time(9))),
    }


def _episode(file: ContentFile) -> Fields:
    return {
        "season": int(file.head["season"]),
        "number": int(file.head["number"]),
        "is_example": file.head.get("example") == "yes",
        "form": file.head.get("form", "episode"),
        "youtube_id": file.head.get("youtube", ""),
        "poster": _poster(file.head["poster"], title=file.head["title"]),
        "guest_role": file.head["guest"],
        "story": file.head.get("story", ""),
        "body": file.without("questions"),
        "questions": [("question", text) for _kind, rows in file.of_kind("questions") for text in rows],
        "topics": file.topics(),
    }


def _material(file: ContentFile) -> Fields:
    head = file.head
    return {
        "kind": head["kind"],
        "audiences": [code.strip() for code in head["audiences"].split(",")],
        "grade_from": int(head["grades"].split("-")[0]),
        "grade_to": int(head["grades"].split("-")[1]),
        "material_language": head["file_language"],
        "year": int(head["year"]),
        "licence": head["licence"],
        "page_count": int(head["pages"]) if "pages" in head else None,
        "document": _document(head["file"], title=head["file_title"], language=head["file_language"]),
        "body": file.without("versions"),
        "evidence_note": head.get("evidence", ""),
        "source_name": head.get("source", ""),
        "source_url": head.get("source_url", ""),
        "topics": file.topics(),
        "versions": [row for _kind, rows in file.of_kind("versions") for row in rows],
    }


def _event(file: ContentFile) -> Fields:
    head = file.head
    return {
        "kind": head["kind"],
        "starts_on": dt.date.fromisoformat(head["starts"]),
        "ends_on": _day(head.get("ends")),
        "start_time": dt.time.fromisoformat(head["from"]) if "from" in head else None,
        "end_time": dt.time.fromisoformat(head["to"]) if "to" in head else None,
        "place": head.get("place", ""),
        "is_online": head.get("online") == "yes",
        "region": Region.objects.filter(code=head["region"]).first() if "region" in head else None,
        "for_whom": head.get("for_whom", ""),
        "places": int(head["places"]) if "places" in head else None,
        "apply_by": _day(head.get("apply_by")),
        "how_to_apply": head.get("apply", ""),
        "is_cancelled": head.get("cancelled") == "yes",
        "is_example": head.get("example") == "yes",
        "body": file.blocks,
        **_sourced(file),
        "topics": file.topics(),
    }


def _question(file: ContentFile) -> Fields:
    return {
        "series": file.head["series"],
        "number": int(file.head["number"]),
        "date": _day(file.head.get("date")),
        "body": file.blocks,
        **_sourced(file),
        "topics": file.topics(),
    }


def _call(file: ContentFile) -> Fields:
    head = file.head
    return {
        "year": int(head["year"]),
        "opens_on": _day(head.get("opens")),
        "closes_on": _day(head.get("closes")),
        "grant": Decimal(head["grant"]) if "grant" in head else None,
        "municipality_count": int(head["municipalities"]) if "municipalities" in head else None,
        "project_count": int(head["projects"]) if "projects" in head else None,
        "is_example": head.get("example") == "yes",
        "body": file.blocks,
        **_sourced(file),
    }


def _project(file: ContentFile) -> Fields:
    head = file.head
    call = CallPage.objects.filter(slug=head["call"]).first() if "call" in head else None
    place = Municipality.objects.filter(code=head["municipality"]).first() if "municipality" in head else None
    return {
        "call": call,
        "municipality": place,
        "organisation": head.get("organisation", ""),
        "starts_on": _day(head.get("starts")),
        "ends_on": _day(head.get("ends")),
        "months": int(head["months"]) if "months" in head else None,
        "participants": int(head["participants"]) if "participants" in head else None,
        "ages": head.get("ages", ""),
        "is_example": head.get("example") == "yes",
        "body": file.blocks,
        **_sourced(file),
        "topics": file.topics(),
    }


def _sourced(file: ContentFile) -> Fields:
    return {"source_name": file.head.get("source", ""), "source_url": file.head.get("source_url", "")}


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


Choice = Callable[[ContentFile], tuple[type[SitePage], Callable[[ContentFile], Fields]]]
BUILDERS: list[tuple[str, str, Choice]] = [
    ("news", "news", lambda file: (NewsArticlePage, _article)),
    ("klase", "klase", lambda file: (EpisodePage, _episode)),
    ("materials", "materials", lambda file: (MaterialPage, _material)),
    ("events", "events", lambda file: (EventPage, _event)),
    ("questions", "faq", lambda file: (QuestionPage, _question)),
    ("initiatives", "youth", lambda file: (ProjectPage, _project) if file.key.startswith("project-") else (CallPage, _call)),
]
"""Section, folder of its files, and for each file the model and what it takes. Calls come before projects by their names."""


def _poster(name: str, *, title: str) -> SiteImage:
    """The poster of that name; its renditions are made here, so that no visitor waits for them."""
    path = CMS / "klase" / "fixtures" / "posters" / f"{name}.png"
    image = SiteImage.objects.filter(title=name).first()
    if image is None:
        with path.open("rb") as handle:
            image = SiteImage(title=name, description=title, credit="PuMPuRS")
            image.file = File(handle, name=path.name)
            image.save()
    image.get_renditions(*specs(CARD_POSTER), *specs(PAGE_POSTER))
    return image


def _document(name: str, *, title: str, language: str) -> SiteDocument:
    """The document made from a committed file, by the hash of its bytes."""
    path = CMS / "materials" / "fixtures" / "files" / name
    document = SiteDocument(title=title, language=language)
    with path.open("rb") as handle:
        document.file = File(handle, name=name)
        document._set_document_file_metadata()
        known = SiteDocument.objects.filter(file_hash=document.file_hash).first()
        if known is not None:
            return known
        document.save()
    preview = make_preview(document=document)
    if preview is not None:
        preview.get_renditions(*specs(CARD_PREVIEW), *specs(PAGE_PREVIEW))
    return document

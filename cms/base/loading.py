"""Put the first content on the site: locales, first pages, sections, articles, files, the editors' group.

Everything is found again by a key that follows from its file's name, so a second run writes nothing. What an editor has
changed stays; with `refresh` the texts of the files are written again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, ReferenceIndex, Site

from backend.core.clock import now
from backend.core.identifiers import uuid_for
from cms.base.content_files import ContentFile, read_folder
from cms.base.editors import grant_editors
from cms.base.languages import forget_locales
from cms.base.loading_fields import BUILDERS, CMS, SECTIONS, Fields, home_fields, section_fields
from cms.base.models import SitePage, Topic
from cms.base.redirects import load_redirects
from cms.home.models import HomePage, TextPage
from cms.materials.models import MaterialVersion
from cms.places.loading import load_contacts


@dataclass
class Loader:
    """One run. `written` counts the pages that it made or wrote again."""

    refresh: bool = False
    written: int = 0
    locales: dict[str, Locale] = field(default_factory=dict)

    @transaction.atomic
    def run(self) -> int:
        """Load everything; returns the number of pages written."""
        self._make_locales()
        self._load_topics()
        homes = self._load_homes()
        sections: dict[tuple[str, str], Page] = {}
        places = list(SECTIONS)  # written in their order, so that nothing has to be moved on a first start
        for file in sorted(read_folder(CMS / "home" / "fixtures" / "sections"), key=lambda file: places.index(file.key)):
            model, fields = section_fields(file)
            sections[file.key, file.language] = self._page(model, file, parent=homes[file.language], fields=fields)
        below = read_folder(CMS / "home" / "fixtures" / "below")
        for file in sorted(below, key=lambda file: (file.head["below"], file.language != "lv", file.head["order"])):
            parent = sections[file.head["below"], file.language]
            self._page(TextPage, file, parent=parent, fields=section_fields(file)[1])
        self._order_sections(homes, sections)
        self._lead_buttons(homes, sections)
        for section, folder, choose in BUILDERS:
            for file in read_folder(CMS / folder / "fixtures"):
                model, build = choose(file)
                self._page(model, file, parent=sections[section, file.language], fields=lambda f=file, b=build: b(f))
        load_contacts()
        load_redirects()
        grant_editors(root_pages=list(homes.values()))
        return self.written

    def _make_locales(self) -> None:
        for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
            self.locales[code] = Locale.objects.get_or_create(language_code=code)[0]
        forget_locales()

    def _load_topics(self) -> None:
        for line in (CMS / "base" / "fixtures" / "topics.txt").read_text(encoding="utf-8").splitlines():
            code, name_lv, name_en = (part.strip() for part in line.split("|"))
            Topic.objects.get_or_create(
                pk=uuid_for(kind=Topic.tag, code=code), defaults={"code": code, "name_lv": name_lv, "name_en": name_en}
            )

    def _load_homes(self) -> dict[str, HomePage]:
        """First pages directly under the root; the site points to the Latvian one."""
        root = Page.get_first_root_node()
        if root is None:
            root = Page.add_root(title="Root", slug="root", locale=self.locales[settings.LANGUAGE_CODE])
        homes: dict[str, HomePage] = {}
        for file in read_folder(CMS / "home" / "fixtures"):
            homes[file.language] = self._page(HomePage, file, parent=root, fields=lambda f=file: home_fields(f))
        latvian = homes[settings.LANGUAGE_CODE]
        site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
        if site.root_page_id != latvian.pk or not site.site_name:
            site.root_page, site.site_name = latvian, settings.WAGTAIL_SITE_NAME
            site.save()
        self._remove_welcome_page(root)
        return homes

    def _remove_welcome_page(self, root: Page) -> None:
        """Wagtail's migrations leave a page of plain type behind; nothing of ours is one."""
        for page in root.get_children().exact_type(Page):
            page.delete()

    def _page(self, model: type[SitePage], file: ContentFile, *, parent: Page, fields: Callable[[], Fields]) -> Any:
        """The page of a content file, made where it is missing."""
        key = uuid_for(kind=model._meta.model_name or "page", code=file.key)
        locale = self.locales[file.language]
        page = model.objects.filter(translation_key=key, locale=locale).first()
        if page is not None and not self.refresh:
            return page
        values = {"title": file.head["title"], "summary": file.head["summary"], "slug": file.head["slug"], **fields()}
        values["updated_on"] = dt.date.fromisoformat(file.head["updated"]) if "updated" in file.head else None
        related = {name: values.pop(name) for name in ("topics", "versions") if name in values}
        happened = values.pop("happened", None) or now()
        if page is None:
            page = model(translation_key=key, locale=locale, live=True, **values)
            parent.add_child(instance=page)
            _relate(page, related)
            _make_live(page, happened=happened, related=bool(related))
        else:
            for name, value in values.items():
                setattr(page, name, value)
            _relate(page, related)
            page.save_revision().publish()
        self.written += 1
        return page

    def _order_sections(self, homes: dict[str, HomePage], sections: dict[tuple[str, str], Page]) -> None:
        """Sections stand in the menu in the order of `SECTIONS`."""
        for language, home in homes.items():
            wanted = [sections[key, language] for key in SECTIONS if (key, language) in sections]
            present = [pk for pk in home.get_children().values_list("pk", flat=True) if pk in {page.pk for page in wanted}]
            if self.written and present != [page.pk for page in wanted]:
                for page in wanted:
                    Page.objects.get(pk=page.pk).move(Page.objects.get(pk=home.pk), pos="last-child")

    def _lead_buttons(self, homes: dict[str, HomePage], sections: dict[tuple[str, str], Page]) -> None:
        for language, home in homes.items():
            home.refresh_from_db()
            if home.first_link_id is None and home.second_link_id is None:
                home.first_link, home.second_link = sections["about", language], sections["materials", language]
                home.save_revision().publish()


def load_site(*, refresh: bool = False) -> int:
    """Load the site's content; returns how many pages were written (0 when all stood already)."""
    return Loader(refresh=refresh).run()


def _make_live(page: Any, *, happened: dt.datetime, related: bool) -> None:
    """Give a new page its first revision as the live one.

    Wagtail's `publish()` would write each page a third time and validate it twice more, half of a first start's work.
    """
    if related:
        page.save(clean=False)  # what hangs on the page: topics, versions
    revision = page.save_revision(clean=False, log_action=False)
    type(page).objects.filter(pk=page.pk).update(
        live_revision=revision, has_unpublished_changes=False, first_published_at=happened, last_published_at=now()
    )
    if hasattr(page, "document_id"):
        ReferenceIndex.create_or_update_for_object(page)  # a file is open to readers from here on


def _relate(page: Any, related: Fields) -> None:
    if "topics" in related:
        page.topics = related["topics"]
    if "versions" in related:
        page.versions = [
            MaterialVersion(label=label, date=dt.date.fromisoformat(date), changes=changes)
            for label, date, changes in related["versions"]
        ]

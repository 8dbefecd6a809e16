"""What every page of the site says: its name, its languages, its menu, and who stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import graphene
from django.conf import settings
from wagtail.models import Page

from cms.base.languages import address, language_code
from cms.base.selectors import published
from cms.home.models import HomePage
from graphql_schema.content.enums import Locale


class MenuItem(graphene.ObjectType):
    """An entry of the main menu."""

    title = graphene.String(required=True, description="Title of the page.")
    url = graphene.String(required=True, description="Its path on this site.")


class Site(graphene.ObjectType):
    """The site in one language."""

    name = graphene.String(required=True, description="Name of the site.")
    language = graphene.Field(Locale, required=True, description="Language of what follows.")
    languages = graphene.List(graphene.NonNull(Locale), required=True, description="Languages of the site.")
    home_url = graphene.String(required=True, description="Path of the first page.")
    motto = graphene.String(required=True, description="Motto of the project.")
    menu = graphene.List(graphene.NonNull(MenuItem), required=True, description="Main menu.")
    project_number = graphene.String(required=True, description="Number of the project at the European Social Fund.")
    project_title = graphene.String(required=True, description="Title of the project.")
    beneficiary = graphene.String(required=True, description="Who carries it out.")
    contact_email = graphene.String(required=True, description="Where to write to.")
    contact_note = graphene.String(description="Whom to ask.")


@dataclass(frozen=True)
class SiteValue:
    """The values of `Site`."""

    home: HomePage
    name: str
    languages: list[str]
    menu: list[dict[str, str]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.home, name)

    @property
    def language(self) -> str:
        return language_code(self.home.locale_id)

    @property
    def home_url(self) -> str:
        return address(self.home)

    @property
    def contact_note(self) -> str | None:
        return self.home.contact_note or None


def site_in(*, language: str) -> SiteValue | None:
    """The site in a language; None before it is loaded. Two statements."""
    homes = {language_code(home.locale_id): home for home in published(HomePage.objects.all()).order_by("path")}
    home = homes.get(language)
    if home is None:
        return None
    sections = published(Page.objects.filter(path__startswith=home.path, depth=home.depth + 1, show_in_menus=True)).order_by(
        "path"
    )
    menu = [{"title": page.title, "url": address(page)} for page in sections]
    return SiteValue(
        home=home, name=settings.WAGTAIL_SITE_NAME, languages=sorted(homes, key=lambda code: code != "lv"), menu=menu
    )

"""Enums of the content API, from the site's choices."""

from __future__ import annotations

from typing import Any

import graphene
from django.conf import settings
from django.db.models import Choices
from django.utils import translation

from backend.core.models import SourceStatus
from backend.insight.statistics.models import Comparator
from backend.territory.models import InstitutionKind as RegisteredKind
from cms.events.models import EventKind
from cms.klase.models import Form
from cms.materials.models import Audience, Kind, Licence
from cms.materials.models import Language as FileLanguage
from cms.news.models import DatePrecision
from cms.places.models import ContactKind as OfficeKind
from cms.youth.models import CallState


def enum_of(name: str, choices: type[Choices], description: str) -> Any:
    """A GraphQL enum whose values are described by their English labels."""
    with translation.override("en"):
        labels = {item.value: str(item.label) for item in choices}

    def describe(value: Any) -> str:
        return description if value is None else f"{labels[value.value]}."

    return graphene.Enum(name, [(item.name, item.value) for item in choices], description=describe)


Locale = graphene.Enum(
    "Locale",
    [(code.upper(), code) for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES],
    description=lambda value: "Language of the site." if value is None else {"lv": "Latvian.", "en": "English."}[value.value],
)
MaterialAudience = enum_of("MaterialAudience", Audience, "For whom a material is.")
MaterialKind = enum_of("MaterialKind", Kind, "What kind of material it is.")
MaterialLicence = enum_of("MaterialLicence", Licence, "What others may do with a material.")
MaterialLanguage = enum_of("MaterialLanguage", FileLanguage, "Language of a material's file.")
Precision = enum_of("DatePrecision", DatePrecision, "How exactly the source tells when it was.")
TrainingKind = enum_of("TrainingKind", EventKind, "Kind of an event.")
EpisodeForm = enum_of("EpisodeForm", Form, "What is shown.")
InstitutionKind = enum_of("InstitutionKind", RegisteredKind, "Kind of an institution.")
ContactKind = enum_of("ContactKind", OfficeKind, "What an office may be asked about.")
InitiativeCallState = enum_of("InitiativeCallState", CallState, "Where a call stands.")
FigureStatus = enum_of("FigureStatus", SourceStatus, "How sure a figure is.")
FigureComparator = enum_of("FigureComparator", Comparator, "How exactly a figure is given.")

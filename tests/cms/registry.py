"""Institutions that take part, and one that left, for tests of the public pages and of the content API."""

from __future__ import annotations

import datetime as dt

from backend.core.text import sort_key
from backend.registry.models import CooperationAgreement, InstitutionParticipation
from backend.territory.models import Institution, Municipality, Programme
from tests.factories.rows import InstitutionFactory

TODAY = dt.date(2023, 10, 16)
SCHOOLS = (
    ("Čakla skola", "LV-059", "GENERAL", None),
    ("Cēsu skola", "LV-022", "GENERAL", None),
    ("Ķekavas skola", "LV-052", "GENERAL", None),
    ("Zaļais tehnikums", "LV-RIX", "STATE_VOCATIONAL", None),
    ("Aizgājusi skola", "LV-059", "GENERAL", dt.date(2022, 12, 31)),
)


def join(name: str, place: Municipality, kind: str, left: dt.date | None) -> Institution:
    """An institution that joined in September 2018."""
    institution = InstitutionFactory(
        name_lv=name, sort_key=sort_key(name), municipality=place, kind=kind, is_example=name != "Cēsu skola"
    )
    agreement = CooperationAgreement.objects.create(
        programme=Programme.objects.get(), signed_on=dt.date(2018, 1, 2), municipality=place
    )
    InstitutionParticipation.objects.create(
        agreement=agreement, institution=institution, joined_on=dt.date(2018, 9, 1), left_on=left
    )
    return institution

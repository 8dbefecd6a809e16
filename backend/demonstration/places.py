"""The demonstration's institutions: the seed school with what its page says, and invented ones, marked as such."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import load_rows
from backend.core.text import sort_key
from backend.registry.models import CooperationAgreement, InstitutionParticipation
from backend.territory.models import Institution, InstitutionKind, StructuralUnit
from backend.territory.reference import municipality_id, programme_id

RTRIT = "RTRIT"
RTRIT_UNIT = "RTRIT-PREILI"
_PAGE = "Rīgas Tūrisma un radošās industrijas tehnikums, page on the project"
_INVENTED = "invented for the demonstration"


@dataclass(frozen=True)
class Place:
    """An institution of the demonstration."""

    code: str
    name_lv: str
    name_en: str
    kind: InstitutionKind
    municipality: str
    joined_on: dt.date

    @property
    def id(self) -> UUID:
        """Key of the institution."""
        return institution_id(self.code)

    @property
    def is_example(self) -> bool:
        """Whether the institution is invented."""
        return self.code != RTRIT

    @property
    def is_state(self) -> bool:
        """Whether it is a partner by its own agreement."""
        return self.kind == InstitutionKind.STATE_VOCATIONAL


PLACES = (
    Place(
        RTRIT,
        "Rīgas Tūrisma un radošās industrijas tehnikums",
        "Riga Technical School of Tourism and Creative Industry",
        InstitutionKind.STATE_VOCATIONAL,
        "LV-RIX",
        dt.date(2017, 9, 25),
    ),
    Place(
        "EX-MADONA-1",
        "Kļavu vidusskola (paraugs)",
        "Kļavas Secondary School (example)",
        InstitutionKind.GENERAL,
        "LV-059",
        dt.date(2018, 1, 8),
    ),
    Place(
        "EX-MADONA-2",
        "Liepu pamatskola (paraugs)",
        "Liepas Primary School (example)",
        InstitutionKind.GENERAL,
        "LV-059",
        dt.date(2019, 9, 2),
    ),
    Place(
        "EX-JEKABPILS-1",
        "Bērzu vidusskola (paraugs)",
        "Bērzi Secondary School (example)",
        InstitutionKind.GENERAL,
        "LV-042",
        dt.date(2018, 9, 3),
    ),
    Place(
        "EX-VARAKLANI-1",
        "Ozolu pamatskola (paraugs)",
        "Ozoli Primary School (example)",
        InstitutionKind.GENERAL,
        "LV-102",
        dt.date(2019, 9, 2),
    ),
)


def institution_id(code: str) -> UUID:
    """Key of an institution of the demonstration."""
    return uuid_for(kind=Institution.tag, code=code)


def agreement_ids() -> dict[UUID, UUID]:
    """By institution the agreement under which it takes part."""
    return {place.id: _participation(place).agreement_id for place in PLACES}


def unit_id(code: str) -> UUID:
    """Key of a structural unit of the demonstration."""
    return uuid_for(kind=StructuralUnit.tag, code=code)


def load() -> dict[str, int]:
    """Write institutions, the unit, agreements and participations; rows loaded before are brought up to date."""
    return {
        "institutions": load_rows(Institution, [_institution(place) for place in PLACES]),
        "structural units": load_rows(StructuralUnit, [_preili()]),
        "agreements": load_rows(CooperationAgreement, list(_agreements().values())),
        "participations": load_rows(InstitutionParticipation, [_participation(place) for place in PLACES]),
    }


def _institution(place: Place) -> Institution:
    return Institution(
        id=place.id,
        code=place.code,
        kind=place.kind,
        name_lv=place.name_lv,
        name_en=place.name_en,
        municipality_id=municipality_id(place.municipality),
        sort_key=sort_key(place.name_lv),
        is_example=place.is_example,
        source="" if place.is_example else _PAGE,
        source_status=SourceStatus.ASSUMED if place.is_example else SourceStatus.FOUND,
        source_note=_INVENTED if place.is_example else "English name by us",
    )


def _preili() -> StructuralUnit:
    return StructuralUnit(
        id=unit_id(RTRIT_UNIT),
        institution_id=institution_id(RTRIT),
        code=RTRIT_UNIT,
        municipality_id=municipality_id("LV-073"),
        name_lv="Preiļu struktūrvienība",
        name_en="Preiļi unit",
        source=_PAGE,
    )


def _agreements() -> dict[str, CooperationAgreement]:
    """By partner: the municipality's code, or the state institution's."""
    agreements = {}
    for place in PLACES:
        partner = place.code if place.is_state else place.municipality
        agreements[partner] = CooperationAgreement(
            id=uuid_for(kind=CooperationAgreement.tag, code=f"demo:{partner}"),
            programme_id=programme_id(),
            number=f"EX/{partner}" if place.is_example else "",
            signed_on=dt.date(2017, 12, 1) if place.is_example else dt.date(2017, 9, 25),
            institution_id=place.id if place.is_state else None,
            municipality_id=None if place.is_state else municipality_id(place.municipality),
            source="" if place.is_example else _PAGE,
            source_status=SourceStatus.ASSUMED if place.is_example else SourceStatus.FOUND,
            source_note=_INVENTED if place.is_example else "the number is not stated",
        )
    return agreements


def _participation(place: Place) -> InstitutionParticipation:
    partner = place.code if place.is_state else place.municipality
    return InstitutionParticipation(
        id=uuid_for(kind=InstitutionParticipation.tag, code=f"demo:{place.code}"),
        agreement_id=uuid_for(kind=CooperationAgreement.tag, code=f"demo:{partner}"),
        institution_id=place.id,
        joined_on=place.joined_on,
        source="" if place.is_example else _PAGE,
        source_status=SourceStatus.ASSUMED if place.is_example else SourceStatus.FOUND,
        source_note=_INVENTED if place.is_example else "",
    )

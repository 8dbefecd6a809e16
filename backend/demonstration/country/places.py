"""The country's institutions, agreements and the days on which each joined. All invented, and marked so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import load_rows, read_csv
from backend.core.text import sort_key
from backend.demonstration.country import targets
from backend.demonstration.country.days import Days
from backend.demonstration.places import PLACES
from backend.registry.models import CooperationAgreement, InstitutionParticipation
from backend.territory.models import Institution, InstitutionKind
from backend.territory.reference import FIXTURES as TERRITORY
from backend.territory.reference import municipality_id, programme_id

PREFIX = "DC-"
"""Codes of the country's institutions begin with it."""
ASSUMED_NOTE = "invented for the demonstration country"
_WORDS = Path(__file__).parent / "fixtures" / "school_names.csv"
_K = InstitutionKind
# Weights of municipalities: the state cities and the surroundings of Rīga have more schools. Assumed.
_BIG = {
    "LV-RIX": 62.0,
    "LV-DGV": 16.0,
    "LV-LPX": 16.0,
    "LV-JEL": 14.0,
    "LV-059": 14.0,
    "LV-JUR": 11.0,
    "LV-REZ": 9.0,
    "LV-VEN": 9.0,
}
_WITHOUT_AGREEMENT = ("LV-089", "LV-068")
"""Two of 43 municipalities were no partners; the sources do not say which, so these two were chosen by us."""
_OPENED = dt.date(2017, 9, 4)


@dataclass(slots=True)
class School:
    """An institution of the country and what the generator needs to know of it."""

    code: str
    name_lv: str
    kind: InstitutionKind
    municipality: str
    lowest: int
    highest: int
    weight: float
    joined_on: dt.date = _OPENED
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = uuid_for(kind=Institution.tag, code=self.code).hex

    @property
    def vocational(self) -> bool:
        """Whether its learners are in courses, not grades."""
        return self.kind in (_K.STATE_VOCATIONAL, _K.MUNICIPAL_VOCATIONAL, _K.COLLEGE)

    @property
    def is_state(self) -> bool:
        """Whether it is a partner by itself and its plans skip the municipality."""
        return self.kind in (_K.STATE_VOCATIONAL, _K.STATE_GENERAL, _K.COLLEGE)


def schools(*, scale: float, rng: Random, days: Days) -> list[School]:
    """Every institution that the country adds to those of the small demonstration, in the order of joining."""
    count = targets.institutions(scale) - len(PLACES)
    kinds = {
        _K.STATE_VOCATIONAL: max(3, round(targets.VOCATIONAL * scale) - 1),
        _K.STATE_GENERAL: max(1, round(targets.STATE_GENERAL * scale)),
        _K.COLLEGE: max(1, round(targets.COLLEGES * scale)),
        _K.MUNICIPAL_VOCATIONAL: max(1, round(targets.MUNICIPAL_VOCATIONAL * scale)),
    }
    kinds[_K.GENERAL] = count - sum(kinds.values())
    made = _made(kinds, rng)
    _join(made, scale=scale, rng=rng, days=days)
    return made


def _made(kinds: dict[InstitutionKind, int], rng: Random) -> list[School]:
    municipalities = [row["code"] for row in read_csv(TERRITORY / "municipalities.csv")]
    partners = [code for code in municipalities if code not in _WITHOUT_AGREEMENT]
    weights = [_BIG.get(code, 5.0) for code in municipalities]
    names, numbers = _Names(rng), dict.fromkeys(municipalities, 0)
    made = []
    for kind, count in kinds.items():
        # The two without an agreement of their own have a state institution; every partner has a general school.
        places = list(_WITHOUT_AGREEMENT) if kind == _K.STATE_VOCATIONAL else partners[:] if kind == _K.GENERAL else []
        allowed = municipalities if kind in (_K.STATE_VOCATIONAL, _K.STATE_GENERAL, _K.COLLEGE) else partners
        odds = [weights[municipalities.index(code)] for code in allowed]
        places += rng.choices(allowed, odds, k=max(0, count - len(places)))
        for code in places[:count]:
            numbers[code] += 1
            made.append(_school(kind, code, numbers[code], names, rng))
    return made


class _Names:
    """Names of schools: a word in the genitive and what it is, numbered where the words are used up."""

    def __init__(self, rng: Random) -> None:
        self._words = [row["word"] for row in read_csv(_WORDS)]
        rng.shuffle(self._words)
        self._used: dict[str, int] = {}
        self._count = 0

    def draw(self, kind: str) -> str:
        """A name not given before."""
        word = self._words[self._count * 7 % len(self._words)]
        self._count += 1
        self._used[f"{word} {kind}"] = place = self._used.get(f"{word} {kind}", 0) + 1
        return f"{word} {place}. {kind} (paraugs)" if place > 1 else f"{word} {kind} (paraugs)"


def _school(kind: InstitutionKind, municipality: str, number: int, names: _Names, rng: Random) -> School:
    lowest, highest, word_for, weight = {
        _K.STATE_VOCATIONAL: (1, 4, "tehnikums", 2.4),
        _K.MUNICIPAL_VOCATIONAL: (1, 4, "mākslas skola", 0.9),
        _K.COLLEGE: (1, 4, "koledža", 1.0),
        _K.STATE_GENERAL: (7, 12, "ģimnāzija", 0.7),
        _K.GENERAL: (1, 12, "vidusskola", 1.5) if rng.random() < 0.55 else (1, 9, "pamatskola", 0.8),
    }[kind]
    return School(
        code=f"{PREFIX}{municipality.removeprefix('LV-')}-{number:02d}",
        name_lv=names.draw(word_for),
        kind=kind,
        municipality=municipality,
        lowest=lowest,
        highest=highest,
        weight=weight * rng.lognormvariate(0, 0.45),
    )


def _join(made: list[School], *, scale: float, rng: Random, days: Days) -> None:
    """Give each its day: vocational ones first, state general schools and colleges since the change of 2019 (domain.md 0)."""
    waves = targets.joined_by(scale)
    late = [school for school in made if school.kind in (_K.STATE_GENERAL, _K.COLLEGE)]
    vocational = [school for school in made if school.kind == _K.STATE_VOCATIONAL]
    rest = [school for school in made if school not in late and school not in vocational]
    rng.shuffle(rest)
    at_start = max(1, round((targets.VOCATIONAL_AT_START - 1) * scale)) if scale < 1 else targets.VOCATIONAL_AT_START - 1
    queue = [*vocational[:at_start], *rest[: max(0, waves[0][1])], *vocational[at_start:], *rest[max(0, waves[0][1]) :]]
    ordered: list[School] = []
    since = dt.date(2017, 9, 4)
    for day, count in waves:
        standing = sum(place.joined_on <= day for place in PLACES)
        if late and day >= dt.date(2019, 12, 31):
            queue, late = [*late, *queue], []
        here = queue[: max(0, count - standing - len(ordered))]
        queue = queue[len(here) :]
        window = days.working[days.position(since) : days.last_until(day) + 1]
        # In the first wave everybody had begun before the plans of the semester were written.
        window = window[: len(window) // 3] if day.year == 2017 else window
        for school in here:
            school.joined_on = rng.choice(window)
        ordered += here
        since = day + dt.timedelta(days=1)
    made[:] = ordered


def load(made: list[School]) -> dict[str, int]:
    """Write institutions, agreements and participations; rows of an earlier run are brought up to date."""
    return {
        "institutions": load_rows(Institution, [_institution(school) for school in made]),
        "agreements": load_rows(CooperationAgreement, _agreements(made)),
        "participations": load_rows(InstitutionParticipation, [_participation(school) for school in made]),
    }


def _institution(school: School) -> Institution:
    return Institution(
        id=school.id,
        code=school.code,
        kind=school.kind,
        name_lv=school.name_lv,
        municipality_id=municipality_id(school.municipality),
        sort_key=sort_key(school.name_lv),
        is_example=True,
        source_status=SourceStatus.ASSUMED,
        source_note=ASSUMED_NOTE,
    )


_STANDING = {place.municipality for place in PLACES if not place.is_state}


def _partner(school: School) -> str:
    return school.code if school.is_state else school.municipality


def _agreement_key(partner: str) -> str:
    prefix = "demo" if partner in _STANDING else "country"
    return uuid_for(kind=CooperationAgreement.tag, code=f"{prefix}:{partner}").hex


def _agreements(made: list[School]) -> list[CooperationAgreement]:
    """One a partner, signed a while before the first of its institutions joined. Municipalities with an example have theirs."""
    first: dict[str, School] = {}
    for school in made:
        held = first.setdefault(_partner(school), school)
        if school.joined_on < held.joined_on:
            first[_partner(school)] = school
    return [
        CooperationAgreement(
            id=_agreement_key(partner),
            programme_id=programme_id(),
            number=f"DC/{number}",
            signed_on=max(dt.date(2017, 4, 3), school.joined_on - dt.timedelta(days=21)),
            institution_id=school.id if school.is_state else None,
            municipality_id=None if school.is_state else municipality_id(school.municipality),
            source_status=SourceStatus.ASSUMED,
            source_note=ASSUMED_NOTE,
        )
        for number, (partner, school) in enumerate(first.items(), start=1)
        if partner not in _STANDING
    ]


def _participation(school: School) -> InstitutionParticipation:
    partner = _partner(school)
    # The agreements of the small demonstration were signed on 1 December 2017.
    joined = max(school.joined_on, dt.date(2017, 12, 4)) if partner in _STANDING else school.joined_on
    return InstitutionParticipation(
        id=uuid_for(kind=InstitutionParticipation.tag, code=f"country:{school.code}"),
        agreement_id=_agreement_key(partner),
        institution_id=school.id,
        joined_on=joined,
        source_status=SourceStatus.ASSUMED,
        source_note=ASSUMED_NOTE,
    )

"""Pairs of records that may be one person, with known truth: some are, some only share a name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from random import Random

from backend.cases.learners.models import DuplicateCandidate
from backend.demonstration.country.copying import NULL, Line
from backend.demonstration.country.days import moment
from backend.demonstration.country.keys import Keys
from backend.demonstration.country.population import Person, Population

CANDIDATES = Line(DuplicateCandidate, undone_by_id=NULL, undone_at=NULL, undo_reason="")
REGISTERED_ON = dt.date(2021, 3, 1)
"""When the second records of the same persons were registered."""
NAMESAKES = 0.0005
"""Pairs of different persons with one name, as a share of all learners; three at least."""
_SAME = "{PERSONAL_CODE,NAME_FOLDED,BIRTH_DATE}"
_REASON_SAME, _REASON_DIFFERENT = (
    "Viens personas kods; dati salīdzināti ar iestādēm.",
    "Dažādi personas kodi un dzimšanas datumi.",
)


def candidates(world: Population, *, decided_by: str, rng: Random) -> Iterator[str]:
    """Rows of `CANDIDATES`, written before the identities: the database would note the pairs with one code today."""
    template = CANDIDATES.template(*[c for c in CANDIDATES.columns if not c.startswith("und")])
    keys = Keys(rng, since=1_614_556_800)
    for person in world.people:
        if person.double_of:
            at = moment(REGISTERED_ON, 8)
            first, second = sorted((person.id, person.double_of))
            decided = moment(person.merged_on, 13) if person.merged_on else NULL
            status, kept, reason = ("SAME_PERSON", person.double_of, _REASON_SAME) if person.merged_on else ("OPEN", NULL, "")
            what = (first, second, _SAME, "1.000", at, status, kept, decided_by if person.merged_on else NULL, decided, reason)
            yield template % (keys.next(), "2" if person.merged_on else "1", at, decided if person.merged_on else at, *what)
    found = moment(REGISTERED_ON + dt.timedelta(days=1), 9)
    decided = moment(REGISTERED_ON + dt.timedelta(days=15), 14)
    for place, (one, other) in enumerate(_namesakes(world)):
        first, second = sorted((one.id, other.id))
        is_decided = place % 2 == 0
        end = ("DIFFERENT", NULL, decided_by, decided, _REASON_DIFFERENT) if is_decided else ("OPEN", NULL, NULL, NULL, "")
        version, updated = ("2", decided) if is_decided else ("1", found)
        yield template % (keys.next(), version, found, updated, first, second, "{NAME}", "0.600", found, *end)


def _namesakes(world: Population) -> Iterator[tuple[Person, Person]]:
    """Different persons of one name, who were both registered by then."""
    by_name: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in world.people:
        if not person.double_of and person.stays[0].known_on < REGISTERED_ON:
            by_name[person.given, person.family].append(person)
    left = max(3, round(len(world.people) * NAMESAKES))
    for people in by_name.values():
        for one, other in list(pairwise(people))[:1]:
            if left and one.born != other.born:
                left -= 1
                yield one, other

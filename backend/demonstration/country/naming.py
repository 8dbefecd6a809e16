"""Names of the country's people: drawn by weight, family names in the form that agrees. The weights are invented.

Lists: those of the small demonstration, and family names formed here from Latvian words by the endings of the language.
Weights fall with the place after one shuffle (Zipf), because no list of real frequencies was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

from backend.core.reference import read_csv
from backend.core.text import fold
from backend.demonstration.names import FIXTURES

SECOND_NAME = 0.07
DOUBLE_FAMILY_NAME = 0.02
_STEMS = Path(__file__).parent / "fixtures" / "family_name_stems.csv"
# What a stem of the list takes in the masculine and in the feminine.
ENDINGS = {
    "iņš": ("iņš", "iņa"),
    "ītis": ("ītis", "īte"),
    "nieks": ("nieks", "niece"),
    "s": ("s", "a"),
    "is": ("is", "e"),
    "āns": ("āns", "āne"),
    "ēns": ("ēns", "ēna"),
    "ovs": ("ovs", "ova"),
    "skis": ("skis", "ska"),
}


@dataclass(frozen=True)
class Pair:
    """A family name in both forms."""

    masculine: str
    feminine: str

    def form(self, gender: str) -> str:
        """The form for `f` or `m`."""
        return self.feminine if gender == "f" else self.masculine


def family_names() -> list[Pair]:
    """All family names, each once."""
    pairs = [Pair(row["masculine"], row["feminine"]) for row in read_csv(FIXTURES / "family_names.csv")]
    for row in read_csv(_STEMS):
        for ending in row["endings"].split("/"):
            masculine, feminine = ENDINGS[ending]
            pairs.append(Pair(row["stem"] + masculine, row["stem"] + feminine))
    return list(dict.fromkeys(pairs))


def given_names() -> dict[str, list[str]]:
    """Given names by gender (f, m)."""
    rows = read_csv(FIXTURES / "given_names.csv")
    return {gender: [row["name"] for row in rows if row["gender"] == gender] for gender in "fm"}


class CountryNames:
    """Draws names; namesakes happen, as in life."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._families = family_names()
        self._given = given_names()
        for group in (self._families, *self._given.values()):
            rng.shuffle(group)  # type: ignore[arg-type]
        self._family_weights = _zipf(len(self._families), 0.65)
        self._given_weights = {gender: _zipf(len(names), 0.8) for gender, names in self._given.items()}

    def draw(self) -> tuple[str, str, str]:
        """(gender, given name, family name)."""
        rng = self._rng
        gender = "f" if rng.random() < 0.47 else "m"
        given = self._one_given(gender)
        if rng.random() < SECOND_NAME:
            second = self._one_given(gender)
            given = given if second == given else f"{given} {second}"
        family = self._one_family(gender)
        if gender == "f" and rng.random() < DOUBLE_FAMILY_NAME:
            other = self._one_family(gender)
            family = family if other == family else f"{family}-{other}"
        return gender, given, family

    def _one_given(self, gender: str) -> str:
        return self._rng.choices(self._given[gender], cum_weights=self._given_weights[gender])[0]

    def _one_family(self, gender: str) -> str:
        return self._rng.choices(self._families, cum_weights=self._family_weights)[0].form(gender)


def without_diacritics(name: str) -> str:
    """A name as a hurried hand types it: the way in which duplicates of one person differ."""
    return fold(name).title()


def _zipf(length: int, power: float) -> list[float]:
    return list(accumulate(1 / (place + 3) ** power for place in range(length)))

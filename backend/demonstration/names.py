"""Generated Latvian names: drawn from lists, family names in the form that agrees with the given name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from backend.core.reference import read_csv

FIXTURES = Path(__file__).parent / "fixtures"


@dataclass(frozen=True)
class Name:
    """A person's name."""

    given: str
    family: str


class Names:
    """Draws names, each once, until the lists are used up."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        given = read_csv(FIXTURES / "given_names.csv")
        self._given = {gender: [row["name"] for row in given if row["gender"] == gender] for gender in "fm"}
        families = read_csv(FIXTURES / "family_names.csv")
        self._family = {"f": [row["feminine"] for row in families], "m": [row["masculine"] for row in families]}
        self._used: set[Name] = set()

    def draw(self) -> Name:
        """A name that was not drawn before. Raises RuntimeError when the lists hold no more."""
        for _attempt in range(1000):
            gender = self._rng.choice("fm")
            name = Name(given=self._rng.choice(self._given[gender]), family=self._rng.choice(self._family[gender]))
            if name not in self._used:
                self._used.add(name)
                return name
        raise RuntimeError("The lists of names are used up.")

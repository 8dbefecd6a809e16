"""Exact figures for release tables: lines of what happened, gathered over every cell of a table with its contributions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import connection

from backend.insight.disclosure.shapes import TOTAL, Cell, Coordinates, Dimension
from backend.insight.statistics.cubes import AMOUNTS, HOURS, MEASURES, OF_PLAN, PLANS, RISKS, FactKind
from backend.insight.statistics.cubes import Dimension as Cut
from backend.insight.statistics.table_sql import FACTS_NOW

_LARGEST = 2
"""How many greatest contributions of a cell are kept: as many as the dominance rule and the p-rule look at."""


@dataclass(frozen=True)
class Line:
    """Something that counts: where and when, whose, how much, and what it was."""

    institution: UUID
    semester: str
    learner: UUID
    value: Decimal
    what: str = ""
    """Code of its own category: a risk factor, a role, a kind of cost or of measure, a stage, a status."""


def lines(kind: FactKind, *, what: str = "''", condition: str = "true") -> list[Line]:
    """Facts of a kind as they are this moment, a line for each learner, institution, semester and category. One statement.

    `what` and `condition` are SQL over a fact `f`, constants of ours. Needs a transaction whose scope reaches the whole country.
    """
    text = (
        f"select f.institution_id, s.code, f.learner_id, {what}, sum(f.value) from {FACTS_NOW} f"
        f" join territory_semester s on s.id = f.semester_id where f.kind = %s and {condition}"
        " group by f.institution_id, s.code, f.learner_id, 4 having sum(f.value) <> 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [kind.code])
        return [Line(place, when, who, Decimal(value), code) for place, when, who, code, value in cursor.fetchall()]


def plans() -> list[Line]:
    """Plans that became active or went further."""
    return lines(PLANS)


def plans_by_status() -> list[Line]:
    """The same by where they stand."""
    return lines(PLANS, what=f"f.{OF_PLAN[Cut.PLAN_STATUS]}")


def plans_by_stage() -> list[Line]:
    """The same by education and grade or course."""
    return lines(PLANS, what=f"f.{OF_PLAN[Cut.PROGRAMME_KIND]} || '-' || f.{OF_PLAN[Cut.STAGE]}")


def risks() -> list[Line]:
    """Identifications of risks at the start of those plans, by factor."""
    return lines(RISKS, what=f"f.{RISKS.columns[Cut.RISK_FACTOR]}", condition=f"f.{RISKS.columns[Cut.MOMENT]} = 'START'")


def measures() -> list[Line]:
    """Measures of those plans, by kind."""
    return lines(MEASURES, what=f"f.{MEASURES.columns[Cut.MEASURE_KIND]}")


def hours() -> list[Line]:
    """Hours of consultations that both sides confirmed, by the specialist's role."""
    return lines(HOURS, what=f"f.{HOURS.columns[Cut.SPECIALIST_ROLE]}")


def amounts() -> list[Line]:
    """Approved and paid euro net of reversals, by kind."""
    return lines(AMOUNTS, what=f"f.{AMOUNTS.columns[Cut.MEASURE_KIND]}")


@dataclass
class _Gathering:
    """What a cell has so far."""

    total: Decimal = Decimal(0)
    of: dict[UUID, Decimal] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        """One line more."""
        self.total += line.value
        self.of[line.learner] = self.of.get(line.learner, Decimal(0)) + line.value

    def summed(self) -> Cell:
        """A sum with its contributors and the greatest contributions."""
        return Cell(self.total, len(self.of), tuple(sorted(self.of.values(), reverse=True)[:_LARGEST]))

    def added(self) -> Cell:
        """A count of what happened."""
        return Cell(self.total, int(self.total))

    def people(self) -> Cell:
        """A count of those whom it happened to, each once."""
        return Cell(Decimal(len(self.of)), len(self.of))


Counting = Callable[[_Gathering], Cell]
SUMMED, ADDED, PEOPLE = _Gathering.summed, _Gathering.added, _Gathering.people
Place = Callable[[Line], str]


def gathered(
    *, material: Iterable[Line], dimensions: list[tuple[Dimension, Place]], counting: Counting
) -> dict[Coordinates, Cell]:
    """Cells of a table, totals among them. `dimensions` says for each which of its finest categories a line lies in.

    Raises ValueError for a line that lies in none: parts would not add up to their whole.
    """
    chains = [_chains(dimension) for dimension, _place in dimensions]
    cells: dict[Coordinates, _Gathering] = {}
    for line in material:
        codes = [place(line) for _dimension, place in dimensions]
        try:
            above = [chain[code] for chain, code in zip(chains, codes, strict=True)]
        except KeyError as missing:
            raise ValueError(f"No category of the table is called {missing}.") from None
        for at in _crossed(above):
            cells.setdefault(at, _Gathering()).add(line)
    return {at: counting(found) for at, found in cells.items()}


def _chains(dimension: Dimension) -> dict[str, tuple[str, ...]]:
    """Each category with all it is a part of, the total last."""
    parents = {each.code: each.parent for each in dimension.categories}
    chains: dict[str, tuple[str, ...]] = {}
    for code in parents:
        chain = [code]
        while chain[-1] != TOTAL:
            chain.append(parents[chain[-1]])
        chains[code] = tuple(chain)
    return chains


def _crossed(above: list[tuple[str, ...]]) -> Iterator[Coordinates]:
    if not above:
        yield ()
        return
    for head in above[0]:
        for rest in _crossed(above[1:]):
            yield (head, *rest)

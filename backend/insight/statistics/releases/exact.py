"""Exact figures for release tables: lines of what happened, gathered over every cell of a table with its contributions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import AssessmentMoment, Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import SETTLED, ReimbursementClaim
from backend.insight.disclosure.shapes import TOTAL, Cell, Coordinates, Dimension

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


def plans(*, by: str = "") -> Iterator[Line]:
    """Plans that became active or went further, each 1; `by` names the field that `what` holds."""
    wanted = [by] if by else []
    for institution, semester, learner, *what in _plans().values_list("institution_id", "semester__code", "learner_id", *wanted):
        yield Line(institution, semester, learner, Decimal(1), str(what[0]) if what else "")


def plans_by_stage() -> Iterator[Line]:
    """As `plans`, by education and grade or course."""
    rows = _plans().values_list("institution_id", "semester__code", "learner_id", "enrolment__programme_kind", "enrolment__stage")
    for institution, semester, learner, kind, stage in rows:
        yield Line(institution, semester, learner, Decimal(1), f"{kind}-{stage}")


def risks() -> Iterator[Line]:
    """Identifications of risks at the start of those plans, by factor."""
    rows = RiskAssessment.objects.filter(_of_plan("plan__"), moment=AssessmentMoment.START).order_by()
    places = ("plan__institution_id", "plan__semester__code", "plan__learner_id", "risk_factor__code")
    for institution, semester, learner, what, number in rows.values_list(*places).annotate(number=Count("id")):
        yield Line(institution, semester, learner, Decimal(number), what)


def measures() -> Iterator[Line]:
    """Measures of those plans, by kind."""
    rows = Measure.objects.filter(_of_plan("plan__")).order_by()
    places = ("plan__institution_id", "plan__semester__code", "learner_id", "kind_code")
    for institution, semester, learner, what, number in rows.values_list(*places).annotate(number=Count("id")):
        yield Line(institution, semester, learner, Decimal(number), what)


def hours() -> Iterator[Line]:
    """Hours of consultations that both sides confirmed, by the specialist's role."""
    rows = Consultation.objects.filter(
        _of_plan("measure__plan__"),
        provider_confirmed_at__isnull=False,
        learner_confirmed_at__isnull=False,
        voided_at__isnull=True,
    ).order_by()
    places = ("measure__plan__institution_id", "measure__plan__semester__code", "learner_id", "specialist_role")
    for institution, semester, learner, what, total in rows.values_list(*places).annotate(total=Sum("hours")):
        yield Line(institution, semester, learner, Decimal(total), what)


def amounts() -> Iterator[Line]:
    """Approved and paid euro net of reversals, by kind."""
    rows = ReimbursementClaim.objects.filter(_of_plan("measure__plan__"), status__in=SETTLED).order_by()
    places = ("measure__plan__institution_id", "measure__plan__semester__code", "learner_id", "kind")
    for institution, semester, learner, what, total in rows.values_list(*places).annotate(total=Sum("amount")):
        if total:
            yield Line(institution, semester, learner, total, what)


def _of_plan(path: str) -> Q:
    return Q(**{f"{path}activated_at__isnull": False})


def _plans() -> QuerySet[SupportPlan]:
    return SupportPlan.objects.filter(_of_plan("")).order_by()


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


def gathered(*, lines: Iterable[Line], dimensions: list[tuple[Dimension, Place]], counting: Counting) -> dict[Coordinates, Cell]:
    """Cells of a table, totals among them. `dimensions` says for each which of its finest categories a line lies in.

    Raises ValueError for a line that lies in none: parts would not add up to their whole.
    """
    chains = [_chains(dimension) for dimension, _place in dimensions]
    cells: dict[Coordinates, _Gathering] = {}
    for line in lines:
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

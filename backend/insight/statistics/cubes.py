"""The cubes of statistics, declared once: what is counted, what it can be broken down by, which sums are kept ready.

Everything that counts reads these declarations: the semester report and its tables, the table builder, the files, the tables of
releases, the roll-ups and their recount. A *fact* is one line of a support plan's figures (`facts.py`); a *cube* is a way to
count facts: it adds their values up, or counts the plans, learners or specialists behind them, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StatisticsDimension(models.TextChoices):
    """What a table of statistics can be broken down by (planned schema, `StatisticsDimension`)."""

    SCHOOL_YEAR = "SCHOOL_YEAR", _("School year")
    SEMESTER = "SEMESTER", _("Semester")
    REGION = "REGION", _("Region")
    MUNICIPALITY = "MUNICIPALITY", _("Municipality")
    INSTITUTION = "INSTITUTION", _("Institution")
    INSTITUTION_KIND = "INSTITUTION_KIND", _("Kind of institution")
    PROGRAMME_KIND = "PROGRAMME_KIND", _("General or vocational education")
    STAGE = "STAGE", _("Grade or course")
    RISK_GROUP = "RISK_GROUP", _("Group of risks")
    RISK_FACTOR = "RISK_FACTOR", _("Risk factor")
    RISK_LEVEL = "RISK_LEVEL", _("Level of risk")
    MOMENT = "MOMENT", _("At the start or at the end of the plan")
    MEASURE_CATEGORY = "MEASURE_CATEGORY", _("Category of measure")
    MEASURE_KIND = "MEASURE_KIND", _("Kind of measure")
    PROGRESS = "PROGRESS", _("How far the measure came")
    SPECIALIST_ROLE = "SPECIALIST_ROLE", _("Role of the specialist")
    PLAN_STATUS = "PLAN_STATUS", _("Where the plan stands")
    TIMELINESS = "TIMELINESS", _("Whether the plan was submitted in time")
    FUNDING_SOURCE = "FUNDING_SOURCE", _("Source of funding")
    MONTH = "MONTH", _("Calendar month")


Dimension = StatisticsDimension


class StatisticsUnit(models.TextChoices):
    """Unit of a table's figures."""

    COUNT = "COUNT", pgettext_lazy("unit of figures", "A count")
    HOURS = "HOURS", pgettext_lazy("unit of figures", "Hours")
    EURO = "EURO", pgettext_lazy("unit of figures", "Euro, two decimals")


Unit = StatisticsUnit


class Progress(models.TextChoices):
    """How far a measure came. Each counts once, at the furthest: planned ones are the sum of all three."""

    PLANNED = "PLANNED", pgettext_lazy("measure", "only planned")
    DELIVERED = "DELIVERED", pgettext_lazy("measure", "delivered")
    PAID = "PAID", pgettext_lazy("measure", "delivered and paid")


class Timeliness(models.TextChoices):
    """Whether a plan was submitted by the day on which that fell due (`registry.Deadline`)."""

    IN_TIME = "IN_TIME", pgettext_lazy("plan", "submitted in time")
    LATE = "LATE", pgettext_lazy("plan", "submitted late")
    NOT_SUBMITTED = "NOT_SUBMITTED", pgettext_lazy("plan", "not submitted")
    NO_DEADLINE = "NO_DEADLINE", pgettext_lazy("plan", "no deadline was in force")


UNKNOWN = ""
"""Code of what is not known, or does not apply: euro that no source has paid yet."""

TERRITORIAL = (Dimension.REGION, Dimension.MUNICIPALITY, Dimension.INSTITUTION, Dimension.INSTITUTION_KIND)
"""Looked up by the institution, by the division of a day."""
TEMPORAL = (Dimension.SCHOOL_YEAR, Dimension.SEMESTER)
"""Looked up by the semester."""
OF_PLAN: Mapping[Dimension, str] = {
    Dimension.PROGRAMME_KIND: "programme_kind",
    Dimension.STAGE: "stage",
    Dimension.PLAN_STATUS: "plan_status",
}
"""Columns that every fact has."""


@dataclass(frozen=True)
class Kept:
    """Sums that are kept ready for each institution and semester, by these dimensions besides: a roll-up."""

    dimensions: tuple[Dimension, ...] = ()
    learners: bool = False
    """Whether learners are counted by them, each once over several institutions, which takes remembering who is at two."""
    specialists: bool = False
    """Whether each specialist has a sum of their own: who works at two institutions is counted once."""


@dataclass(frozen=True, kw_only=True)
class FactKind:
    """A kind of line in a plan's figures."""

    code: str
    columns: Mapping[Dimension, str] = field(default_factory=dict)
    """Its own dimensions, and the column of a fact in which each stands."""
    otherwise: Mapping[Dimension, str] = field(default_factory=dict)
    """What is counted where a table neither shows nor filters the dimension, because adding up over it would count twice."""
    kept: tuple[Kept, ...] = ()

    @property
    def dimensions(self) -> frozenset[Dimension]:
        """Everything that facts of this kind can be broken down by."""
        return frozenset((*TERRITORIAL, *TEMPORAL, *OF_PLAN, *self.columns))


ENTERED = FactKind(
    code="ENTERED",
    columns={Dimension.TIMELINESS: "a"},
    kept=(Kept((Dimension.PLAN_STATUS,)), Kept((Dimension.TIMELINESS,))),
)
"""Every plan, drafts too."""
PLANS = FactKind(code="PLANS", kept=(Kept((), learners=True), Kept((Dimension.PLAN_STATUS,))))
"""A plan that became active or went further. All kinds below tell of such plans alone."""
RISKS = FactKind(
    code="RISKS",
    columns={Dimension.RISK_FACTOR: "a", Dimension.RISK_GROUP: "b", Dimension.RISK_LEVEL: "c", Dimension.MOMENT: "d"},
    otherwise={Dimension.MOMENT: "START"},
    kept=(Kept((Dimension.MOMENT, Dimension.RISK_GROUP), learners=True),),
)
MEASURES = FactKind(
    code="MEASURES",
    columns={Dimension.MEASURE_KIND: "a", Dimension.MEASURE_CATEGORY: "b", Dimension.PROGRESS: "c"},
    kept=(Kept((Dimension.MEASURE_KIND, Dimension.PROGRESS)),),
)
HOURS = FactKind(
    code="HOURS",
    columns={Dimension.SPECIALIST_ROLE: "a", Dimension.MONTH: "b"},
    kept=(
        Kept((Dimension.SPECIALIST_ROLE,), learners=True),
        Kept((Dimension.SPECIALIST_ROLE, Dimension.MONTH)),
        Kept((Dimension.SPECIALIST_ROLE,), learners=True, specialists=True),
        Kept((), learners=True),
        Kept((), learners=True, specialists=True),
    ),
)
"""Hours that both sides confirmed."""
AMOUNTS = FactKind(
    code="AMOUNTS",
    columns={Dimension.MEASURE_KIND: "a", Dimension.MONTH: "b", Dimension.FUNDING_SOURCE: "c"},
    kept=(Kept((Dimension.MEASURE_KIND,), learners=True), Kept((Dimension.MEASURE_KIND, Dimension.FUNDING_SOURCE))),
)
"""Approved euro, net of reversals, by the source that paid them, or by none yet."""

FACT_KINDS = (ENTERED, PLANS, RISKS, MEASURES, HOURS, AMOUNTS)


class Counting(StrEnum):
    """How facts are counted: their values added up, or what stands behind them counted, each once."""

    VALUE = "value"
    PLAN = "plan_id"
    LEARNER = "learner_id"
    SPECIALIST = "subject"


class StatisticsCube(models.TextChoices):
    """What a table of statistics counts (planned schema, `StatisticsCube`)."""

    PLANS = "PLANS", _("Plans that became active or went further")
    LEARNERS = "LEARNERS", _("Learners with such a plan, each once")
    RISK_IDENTIFICATIONS = "RISK_IDENTIFICATIONS", _("Identifications of risks")
    MEASURES = "MEASURES", _("Measures, planned and delivered")
    HOURS = "HOURS", _("Confirmed hours of consultations")
    AMOUNTS = "AMOUNTS", _("Approved euro, net of reversals")
    SPECIALISTS = "SPECIALISTS", _("Specialists with confirmed hours")
    ENTERED_PLANS = "ENTERED_PLANS", _("Plans that were entered, drafts too")


CubeCode = StatisticsCube


@dataclass(frozen=True, kw_only=True)
class Cube:
    """What can be counted, and how.

    Several kinds of facts are tried in their order: the first that has all dimensions of a table is counted.
    """

    code: CubeCode
    unit: Unit
    counting: Counting
    facts: tuple[FactKind, ...]

    @property
    def name(self) -> str | Promise:
        """What it counts, in the active language."""
        return self.code.label

    @property
    def dimensions(self) -> frozenset[Dimension]:
        """Everything that some table of the cube can be broken down by."""
        return frozenset().union(*(kind.dimensions for kind in self.facts))

    @property
    def adds_up(self) -> bool:
        """Whether the total over a dimension is the sum over its values. Who is counted once may stand under several."""
        return self.counting is Counting.VALUE

    def facts_for(self, dimensions: Iterable[Dimension]) -> FactKind | None:
        """The facts that a table with these dimensions counts; None where they do not go together."""
        wanted = frozenset(dimensions)
        return next((kind for kind in self.facts if wanted <= kind.dimensions), None)


_WHO = (PLANS, RISKS, MEASURES, HOURS)

CUBES: Mapping[CubeCode, Cube] = {
    cube.code: cube
    for cube in (
        Cube(code=CubeCode.PLANS, unit=Unit.COUNT, counting=Counting.PLAN, facts=_WHO),
        Cube(code=CubeCode.LEARNERS, unit=Unit.COUNT, counting=Counting.LEARNER, facts=_WHO),
        Cube(code=CubeCode.RISK_IDENTIFICATIONS, unit=Unit.COUNT, counting=Counting.VALUE, facts=(RISKS,)),
        Cube(code=CubeCode.MEASURES, unit=Unit.COUNT, counting=Counting.VALUE, facts=(MEASURES,)),
        Cube(code=CubeCode.HOURS, unit=Unit.HOURS, counting=Counting.VALUE, facts=(HOURS,)),
        Cube(code=CubeCode.AMOUNTS, unit=Unit.EURO, counting=Counting.VALUE, facts=(AMOUNTS,)),
        Cube(code=CubeCode.SPECIALISTS, unit=Unit.COUNT, counting=Counting.SPECIALIST, facts=(HOURS,)),
        Cube(code=CubeCode.ENTERED_PLANS, unit=Unit.COUNT, counting=Counting.VALUE, facts=(ENTERED,)),
    )
}


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A table that is made again and again: in a semester's report and its files, in a release."""

    code: str
    title: str | Promise
    cube: CubeCode
    rows: tuple[Dimension, ...]
    columns: tuple[Dimension, ...] = ()


REPORT_TABLES: tuple[TableSpec, ...] = (
    TableSpec(code="plans-by-status", title=_("Plans by status"), cube=CubeCode.ENTERED_PLANS, rows=(Dimension.PLAN_STATUS,)),
    TableSpec(code="timeliness", title=_("Plans submitted in time"), cube=CubeCode.ENTERED_PLANS, rows=(Dimension.TIMELINESS,)),
    TableSpec(
        code="risks",
        title=_("Risks at the start and at the end"),
        cube=CubeCode.RISK_IDENTIFICATIONS,
        rows=(Dimension.RISK_GROUP,),
        columns=(Dimension.MOMENT,),
    ),
    TableSpec(
        code="measure-progress",
        title=_("Measures planned, delivered and paid"),
        cube=CubeCode.MEASURES,
        rows=(Dimension.MEASURE_KIND,),
        columns=(Dimension.PROGRESS,),
    ),
    TableSpec(
        code="hours",
        title=_("Hours by role and month"),
        cube=CubeCode.HOURS,
        rows=(Dimension.SPECIALIST_ROLE,),
        columns=(Dimension.MONTH,),
    ),
    TableSpec(code="staff", title=_("Specialists by role"), cube=CubeCode.SPECIALISTS, rows=(Dimension.SPECIALIST_ROLE,)),
    TableSpec(
        code="money",
        title=_("Money by kind and source"),
        cube=CubeCode.AMOUNTS,
        rows=(Dimension.MEASURE_KIND,),
        columns=(Dimension.FUNDING_SOURCE,),
    ),
)
"""The tables beside a semester's report."""

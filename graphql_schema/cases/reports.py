"""The semester report (contract, `semesterReport`)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from backend.core.classification import DataClass
from backend.insight.statistics.corrections import Correction
from backend.insight.statistics.full_report import FullReport, full_report
from backend.insight.statistics.staff_load import StaffLoad
from backend.registry.models import ReimbursementKind, RiskGroup, SpecialistRole
from backend.territory.models import Semester
from graphql_schema.cases.naming import AS_OF, NOT_GIVEN, moment_of, named, naming_arguments, unit_of
from graphql_schema.cases.statistics_tables import TableShown
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import Argument, ObjectType, RootField, Value
from graphql_schema.http.parameters import bad_request

_NEEDS = "statistics.read"


def _figure(name: str, kind: Any, description: str, **more: Any) -> Value:
    return Value(name=name, kind=kind, description=description, data_class=DataClass.INTERNAL, **more)


RISKS = ObjectType(
    name="RiskIdentifications",
    description="Risks of one group judged at the start: three different counts, never to be mixed.",
    needs=_NEEDS,
    fields=(
        _figure("group", RiskGroup, "Group of risks."),
        _figure("identifications", int, "How often a risk of the group was identified."),
        _figure("plans", int, "On how many plans."),
        _figure("learners", int, "Of how many learners."),
    ),
)

MEASURES = ObjectType(
    name="MeasureCount",
    description="Measures of one kind.",
    needs=_NEEDS,
    fields=(
        _figure("kind", str, "Code of the kind: a specialist's role, a kind of reimbursement, or YOUTH_PROJECT."),
        _figure("planned", int, "How many were planned."),
        _figure("delivered", int, "Under how many something was given: a confirmed hour, or a settled amount."),
    ),
)

CONSULTATIONS = ObjectType(
    name="ConsultationHours",
    description="Consultations that both sides confirmed, by role.",
    needs=_NEEDS,
    fields=(
        _figure("role", SpecialistRole, "Role of the specialist."),
        _figure("hours", int, "Hours."),
        _figure("learners", int, "Learners who received them."),
    ),
)

REIMBURSEMENTS = ObjectType(
    name="ReimbursementTotal",
    description="Approved amounts of one kind, net of reversals.",
    needs=_NEEDS,
    fields=(
        _figure("kind", ReimbursementKind, "What was paid for."),
        _figure("learners", int, "Learners for whom it was paid."),
        _figure("amount", Decimal, "Euro, two decimals."),
    ),
)

STAFF_LOAD = ObjectType(
    name="StaffLoad",
    description="How confirmed hours lie on the specialists of a role. Quartiles are one specialist's own number.",
    needs=_NEEDS,
    fields=(
        _figure("role", SpecialistRole, "Role; null: all of them together, whoever works in two once.", nullable=True),
        _figure("specialists", int, "Specialists with confirmed hours."),
        _figure("hours", int, "Hours of all of them."),
        _figure("learners", int, "Learners who received them, each once."),
        _figure("hoursMean", float, "Hours of a specialist, mean, one decimal."),
        _figure("hoursLowerQuartile", int, "A quarter of the specialists have at most so many hours."),
        _figure("hoursMedian", int, "Half of them have at most so many hours."),
        _figure("hoursUpperQuartile", int, "Three quarters of them have at most so many hours."),
        _figure("hoursMost", int, "Hours of the specialist with most."),
        _figure("learnersMean", float, "Learners of a specialist, mean, one decimal."),
        _figure("learnersMedian", int, "Half of the specialists have at most so many learners."),
        _figure("learnersMost", int, "Learners of the specialist with most."),
    ),
)

CORRECTION = ObjectType(
    name="ReportCorrection",
    description="A figure that changed after its semester was closed.",
    needs=_NEEDS,
    fields=(
        _figure("figure", str, "Which figure, such as `reimbursements.CATERING.amount`."),
        _figure("sealed", str, "As it was sealed."),
        _figure("now", str, "As it is now."),
    ),
)

REPORT = ObjectType(
    name="SemesterReport",
    description=(
        "A semester's figures: plans that became active, risks at the start, confirmed hours, approved amounts net of reversals."
    ),
    needs=_NEEDS,
    fields=(
        _figure("semester", str, "Code of the semester."),
        _figure("plans", int, "Plans that became active or went further."),
        _figure("learners", int, "Learners who had such a plan, each once."),
        _figure("riskIdentifications", "RiskIdentifications", "Risks judged at the start, by group.", list_of=True, length=4),
        _figure("measures", "MeasureCount", "Measures by kind.", list_of=True, length=15),
        _figure("consultations", "ConsultationHours", "Confirmed consultations by role.", list_of=True, length=8),
        _figure("reimbursements", "ReimbursementTotal", "Approved reimbursements by kind.", list_of=True, length=6),
        _figure("generatedAt", dt.datetime, "When the figures were computed."),
        _figure("asOf", dt.datetime, "At which moment's knowledge."),
        _figure("divisionOn", dt.date, "By which day's territorial division it was gathered."),
        _figure("contentHash", str, "Hash over the figures: the same figures have the same."),
        _figure(
            "corrections",
            "ReportCorrection",
            "What was changed since the semester was closed; empty while it is open.",
            list_of=True,
            cost=50,
        ),
        _figure(
            "tables",
            "StatisticsTable",
            "Plans by status, timeliness, risks, measures, hours, staff and money, over the same institutions and of the same "
            "moment: what the report's PDF, workbook and CSV show.",
            list_of=True,
            length=7,
            cost=50,
        ),
        _figure(
            "staffLoad",
            "StaffLoad",
            "Hours and learners of each specialist: mean, quartiles and the most, by role; all roles last.",
            list_of=True,
            length=9,
            cost=50,
        ),
    ),
)


class ReportShown:
    """A report as the schema names it; its tables and corrections are gathered when somebody asks for them."""

    def __init__(self, full: FullReport, *, language: str) -> None:
        self._full, self._language = full, language

    def __getattr__(self, name: str) -> Any:
        return getattr(self._full.report, name)

    @property
    def corrections(self) -> list[Correction]:
        return self._full.corrections

    @property
    def staff_load(self) -> list[StaffLoad]:
        return self._full.staff_load

    @property
    def tables(self) -> list[TableShown]:
        return [TableShown(table, language=self._language) for _spec, table in self._full.tables]


def _report(context: Context, **arguments: Any) -> ReportShown | None:
    """Raises Refusal BAD_REQUEST unless one semester, and one unit at most, is named, and for a moment without its offset.

    None for what is not reached.
    """
    semester = named(Semester, "semester", arguments)
    if semester is NOT_GIVEN:
        raise bad_request("Name the semester by semesterId or semesterCode.")
    given = unit_of(arguments)
    as_of = moment_of(arguments.get("as_of"))
    if semester is None or None in given.values():
        return None
    full = full_report(scope=context.scope, semester=semester, division_on=arguments.get("division_on"), as_of=as_of, **given)
    return ReportShown(full, language=context.language) if full else None


SEMESTER_REPORT = RootField(
    name="semesterReport",
    to="SemesterReport",
    needs=_NEEDS,
    resolve=_report,
    cost=50,
    arguments=(
        *naming_arguments(
            **{
                name: (f"Id of the {name}.", f"Code of the {name}, instead of its id.")
                for name in ("institution", "municipality", "region", "semester")
            }
        ),
        Argument(
            name="divisionOn",
            kind=dt.date | None,
            description="By which day's territorial division a municipality or region is gathered; default: the business day.",
        ),
        AS_OF,
    ),
    description=(
        "A semester's figures for an institution, a municipality, a region, or, naming none, for everything within reach; null "
        "where the caller does not reach all of it."
    ),
)

TYPES = (REPORT, RISKS, MEASURES, CONSULTATIONS, REIMBURSEMENTS, STAFF_LOAD, CORRECTION)
ROOTS = (SEMESTER_REPORT,)

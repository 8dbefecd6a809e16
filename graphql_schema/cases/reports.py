"""The semester report (contract, `semesterReport`)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry
from django.db.models import Model

from backend.core.classification import DataClass
from backend.core.identifiers import key_of
from backend.insight.statistics.report import SemesterReport
from backend.insight.statistics.selectors import semester_report
from backend.registry.models import ReimbursementKind, RiskGroup, SpecialistRole
from backend.territory.models import Institution, Municipality, Region, Semester
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
    ),
)

_UNITS: tuple[tuple[str, type[Model]], ...] = (("institution", Institution), ("municipality", Municipality), ("region", Region))


def _report(context: Context, **arguments: Any) -> SemesterReport | None:
    """Raises Refusal BAD_REQUEST unless one semester, and one unit at most, is named, and for a moment without its offset.

    None for what is not reached.
    """
    semester = _named(Semester, "semester", arguments)
    if semester is _NOT_GIVEN:
        raise bad_request("Name the semester by semesterId or semesterCode.")
    units = {name: _named(model, name, arguments) for name, model in _UNITS}
    given = {name: unit for name, unit in units.items() if unit is not _NOT_GIVEN}
    if len(given) > 1:
        raise bad_request("Name one unit at most: an institution, a municipality or a region.")
    if semester is None or None in given.values():
        return None
    as_of: dt.datetime | None = arguments.get("as_of")
    if as_of is not None and as_of.tzinfo is None:
        raise bad_request("Give asOf with its offset from UTC, such as 2023-10-16T12:00:00+03:00.")
    division_on = arguments.get("division_on")
    return semester_report(scope=context.scope, semester=semester, division_on=division_on, as_of=as_of, **given)


_NOT_GIVEN: Any = object()


def _named(model: type[Model], name: str, arguments: dict[str, Any]) -> Any:
    """The row named by id or code; None when there is none, `_NOT_GIVEN` when neither was given."""
    public_id, code = arguments.get(f"{name}_id"), arguments.get(f"{name}_code")
    if public_id is not None and code is not None:
        raise bad_request(f"Give either {name}Id or {name}Code.")
    if public_id is not None:
        key = key_of(public_id, tag=model.tag)  # type: ignore[attr-defined]
        return model._default_manager.filter(pk=key).first() if key is not None else None
    if code is not None:
        return model._default_manager.filter(code=code).first()
    return _NOT_GIVEN


_NAMES = ("institution", "municipality", "region", "semester")

SEMESTER_REPORT = RootField(
    name="semesterReport",
    to="SemesterReport",
    needs=_NEEDS,
    resolve=_report,
    cost=50,
    arguments=(
        *(
            argument
            for name in _NAMES
            for argument in (
                Argument(name=f"{name}Id", kind=strawberry.ID | None, description=f"Id of the {name}."),
                Argument(name=f"{name}Code", kind=str | None, description=f"Code of the {name}, instead of its id."),
            )
        ),
        Argument(
            name="divisionOn",
            kind=dt.date | None,
            description="By which day's territorial division a municipality or region is gathered; default: the business day.",
        ),
        Argument(name="asOf", kind=dt.datetime | None, description="As it was known at this moment; default: now."),
    ),
    description=(
        "A semester's figures for an institution, a municipality, a region, or, naming none, for everything within reach; null "
        "where the caller does not reach all of it."
    ),
)

TYPES = (REPORT, RISKS, MEASURES, CONSULTATIONS, REIMBURSEMENTS)
ROOTS = (SEMESTER_REPORT,)

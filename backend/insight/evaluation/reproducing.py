"""The notebook of each figure: its steps, its SQL, and the same number once more from raw rows.

Figures are named `report:<semester>:<institution's code or state>:<figure>`, `study:<code>:<method>:<outcome>:<measure>`,
`release:<code>:<table>:<categories>` (`reproducing_releases`) and `source:<indicator>:<period>`. The SQL of reports and releases
is written apart from the selectors that make them, by other means.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from backend.accounts.scope import Scope, counting, scoped
from backend.insight.evaluation.models import StudyResult
from backend.insight.evaluation.reproducing_releases import release_names, told_and_again
from backend.insight.evaluation.running import code_version, result_of
from backend.insight.statistics.models import PublishedFigure
from backend.insight.statistics.report import figures_of
from backend.insight.statistics.selectors import semester_report
from backend.territory.models import Institution, Semester

WHOLE = "state"
_OF = (
    "p.semester_id = %(semester)s and p.activated_at is not null "
    "and (%(institution)s::uuid is null or p.institution_id = %(institution)s)"
)
_PLANS = f"select {{}} from plans_supportplan p where {_OF}"
_RISKS = (
    "select {} from plans_riskassessment r join plans_supportplan p on p.id = r.plan_id "
    f"join registry_riskfactor f on f.id = r.risk_factor_id where {_OF} and r.moment = 'START' and f.group = %(part)s"
)
_MEASURES = (
    f"select count(*) from plans_measure m join plans_supportplan p on p.id = m.plan_id where {_OF} and m.kind_code = %(part)s"
)
_GIVEN = (
    " and (exists (select from delivery_consultation c where c.measure_id = m.id and c.provider_confirmed_at is not null"
    " and c.learner_confirmed_at is not null and c.voided_at is null) or exists (select from reimbursements_reimbursementclaim k"
    " where k.measure_id = m.id and k.reverses_id is null and k.status in ('APPROVED', 'PAID') and k.amount + coalesce((select"
    " sum(b.amount) from reimbursements_reimbursementclaim b where b.reverses_id = k.id and b.status in ('APPROVED', 'PAID')), 0)"
    " > 0))"
)
_HOURS = (
    "select {} from delivery_consultation c join plans_measure m on m.id = c.measure_id "
    f"join plans_supportplan p on p.id = m.plan_id where {_OF} and c.provider_confirmed_at is not null "
    "and c.learner_confirmed_at is not null and c.voided_at is null and c.specialist_role = %(part)s"
)
_CLAIMS = (
    "select {} from reimbursements_reimbursementclaim k join plans_measure m on m.id = k.measure_id "
    f"join plans_supportplan p on p.id = m.plan_id where {_OF} and k.status in ('APPROVED', 'PAID') and k.kind = %(part)s"
)
_NET = (
    " and k.reverses_id is null and k.amount + coalesce((select sum(b.amount) from reimbursements_reimbursementclaim b"
    " where b.reverses_id = k.id and b.status in ('APPROVED', 'PAID')), 0) > 0"
)
SQL: dict[tuple[str, str], str] = {
    ("", "plans"): _PLANS.format("count(*)"),
    ("", "learners"): _PLANS.format("count(distinct p.learner_id)"),
    ("risk_identifications", "identifications"): _RISKS.format("count(*)"),
    ("risk_identifications", "plans"): _RISKS.format("count(distinct p.id)"),
    ("risk_identifications", "learners"): _RISKS.format("count(distinct p.learner_id)"),
    ("measures", "planned"): _MEASURES,
    ("measures", "delivered"): _MEASURES + _GIVEN,
    ("consultations", "hours"): _HOURS.format("coalesce(sum(c.hours), 0)"),
    ("consultations", "learners"): _HOURS.format("count(distinct c.learner_id)"),
    ("reimbursements", "amount"): _CLAIMS.format("coalesce(sum(k.amount), 0)::numeric(14, 2)"),
    ("reimbursements", "learners"): _CLAIMS.format("count(distinct k.learner_id)") + _NET,
}
"""SQL of each figure of a report, by (part, member); `part` is a group, a kind or a role."""
_KEYS = {"risk_identifications": "group", "measures": "kind", "consultations": "role", "reimbursements": "kind"}


class UnknownFigureError(Exception):
    """There is no such figure, or not within reach."""


@dataclass
class Notebook:
    """One figure: as it is told, and as it comes out of the raw rows, with the steps between."""

    name: str
    told: str
    again: str
    steps: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether both are the same, to the last digit that is told."""
        return self.told == self.again


def reproduce(*, scope: Scope, name: str) -> Notebook:
    """Reckon a figure again. Raises UnknownFigureError; Refusal NOT_ALLOWED for a study without statistics of the state."""
    kind, _colon, rest = name.partition(":")
    known = {"report": _report, "study": _study, "release": _release, "source": _source}
    if kind not in known:
        raise UnknownFigureError(name)
    return known[kind](scope, name, rest)


def names(*, scope: Scope) -> Iterator[str]:
    """Every figure that can be reckoned again: of the state's reports, of the newest result of each study, of sources."""
    for semester in Semester.objects.order_by("code"):
        with scoped(scope):
            report = semester_report(scope=scope, semester=semester)
        if report is not None and report.plans:
            for figure, _value in flat(figures_of(report)):
                yield f"report:{semester.code}:{WHOLE}:{figure}"
    with scoped(scope):
        results = (
            list(StudyResult.objects.order_by("study_id", "-computed_at").distinct("study_id")) if _reads_studies(scope) else []
        )
    for result in results:
        code = result.result["specification"]["code"]
        for each in result.result["estimates"]:
            yield f"study:{code}:{each['method']}:{each['outcome']}:{each['measure']}"
    yield from release_names(scope=scope)
    for indicator, period in PublishedFigure.objects.values_list("indicator__code", "period"):
        yield f"source:{indicator}:{period}"


def flat(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(name, value) of every figure of a report: `plans`, `reimbursements.CATERING.amount`."""
    for name, value in figures.items():
        if name in _KEYS:
            for row in value:
                part = row[_KEYS[name]]
                yield from ((f"{name}.{part}.{member}", str(row[member])) for member in row if member != _KEYS[name])
        elif name != "semester":
            yield name, str(value)


def _report(scope: Scope, name: str, rest: str) -> Notebook:
    parts = rest.split(":")
    if len(parts) != 3:
        raise UnknownFigureError(name)
    semester = Semester.objects.filter(code=parts[0]).first()
    institution = Institution.objects.filter(code=parts[1]).first()
    if semester is None or (institution is None and parts[1] != WHOLE):
        raise UnknownFigureError(name)
    part, member = ("", parts[2]) if "." not in parts[2] else (parts[2].split(".")[0], parts[2].split(".")[-1])
    with scoped(scope):
        report = semester_report(scope=scope, semester=semester, institution=institution)
        if report is None or (part, member) not in SQL:
            raise UnknownFigureError(name)
        told = dict(flat(figures_of(report))).get(parts[2])
        if told is None:
            raise UnknownFigureError(name)
        given = {
            "semester": semester.pk,
            "institution": institution.pk if institution else None,
            "part": parts[2].split(".")[1] if part else None,
        }
        with counting(scope), connection.cursor() as cursor:
            cursor.execute(SQL[part, member], given)
            again = str((cursor.fetchone() or ("",))[0])
    steps = ["Count the raw rows, as they are now:", _shown(SQL[part, member], given)]
    return Notebook(name=name, told=told, again=again, steps=steps)


def _study(scope: Scope, name: str, rest: str) -> Notebook:
    parts = rest.split(":")
    if len(parts) != 4:
        raise UnknownFigureError(name)
    code, *wanted = parts
    with scoped(scope):
        kept = StudyResult.objects.filter(study__code=code).order_by("-computed_at").first() if _reads_studies(scope) else None
        if kept is None:
            raise UnknownFigureError(name)
        study = kept.study
    told = _picked(kept.result, wanted)
    if told is None:
        raise UnknownFigureError(name)
    anew = result_of(scope=scope, study=study)
    again = _picked(json.loads(json.dumps(anew.result)), wanted)
    from backend.insight.evaluation.running import material_of
    from backend.insight.evaluation.specification import from_json

    specification = from_json(study.specification)
    with scoped(scope):
        material = material_of(scope=scope, specification=specification)
    steps = [f"Specification {study.specification_hash}, seed {study.seed}:", json.dumps(study.specification, ensure_ascii=False)]
    for table, (statement, given) in material.statements.items():
        steps += [f"Read the table {table} ({len(material.tables[table])} rows):", _shown(statement, given)]
    steps += [
        f"Data {anew.data_hash}" + (", as then." if anew.data_hash == kept.data_hash else f"; then they were {kept.data_hash}."),
        f"Code {code_version()}"
        + (", as then." if code_version() == kept.code_version else f"; then it was {kept.code_version}."),
        f"Compute {wanted[0]} (backend/insight/evaluation/computing.py, methods/).",
    ]
    return Notebook(name=name, told=_number(told), again="-" if again is None else _number(again), steps=steps)


def _release(scope: Scope, name: str, rest: str) -> Notebook:
    found = told_and_again(scope=scope, rest=rest)
    if found is None:
        raise UnknownFigureError(name)
    told, again, statement, given = found
    steps = ["Count the raw rows, as they were known when the release was made:", _shown(statement, given)]
    return Notebook(name=name, told=told, again=again, steps=steps)


def _reads_studies(scope: Scope) -> bool:
    from backend.insight.evaluation.policies import STUDIES

    return bool(scope.opening(STUDIES.area))


def _source(scope: Scope, name: str, rest: str) -> Notebook:
    indicator, _colon, period = rest.partition(":")
    figure = PublishedFigure.objects.filter(indicator__code=indicator, period=period).first()
    if figure is None:
        raise UnknownFigureError(name)
    statement = (
        "select f.value from statistics_publishedfigure f join statistics_indicator i on i.id = f.indicator_id "
        "where i.code = %(indicator)s and f.period = %(period)s"
    )
    given = {"indicator": indicator, "period": period}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        again = str((cursor.fetchone() or ("",))[0])
    steps = [f"Not computed by the platform: it is told by {figure.source} ({figure.source_status}).", _shown(statement, given)]
    return Notebook(name=name, told=str(figure.value), again=again, steps=steps)


def _picked(result: dict[str, Any], wanted: list[str]) -> float | None:
    for each in result["estimates"]:
        if [each["method"], each["outcome"], each["measure"]] == wanted:
            return float(each["value"])
    return None


def _number(value: float) -> str:
    return f"{value:.10g}"


def _shown(statement: str, given: dict[str, Any]) -> str:
    """The statement with its values, as psql would take it."""
    with connection.cursor() as cursor:
        return str(cursor.cursor.mogrify(statement, given)) if hasattr(cursor.cursor, "mogrify") else _put_in(statement, given)


def _put_in(statement: str, given: dict[str, Any]) -> str:
    from psycopg import sql

    return str(
        statement % {key: sql.Literal(str(value) if hasattr(value, "hex") else value).as_string() for key, value in given.items()}
    )

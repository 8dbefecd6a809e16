"""The semester report over the case API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from backend.accounts.scope import scoped
from backend.cases.delivery.models import Consultation
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.core.clock import now
from tests.graphql.cast import STATE, Cast
from tests.graphql.conftest import Ask

FIELDS = """{semester plans learners riskIdentifications{group identifications plans learners} measures{kind planned delivered}
  consultations{role hours learners} reimbursements{kind learners amount} generatedAt asOf divisionOn contentHash}"""


def _report(ask: Ask, app: str, arguments: str) -> Any:
    return ask(app, f"{{semesterReport({arguments}){FIELDS}}}").data["semesterReport"]


def test_it_counts_what_became_active_was_confirmed_and_was_approved(ask: Ask, cast: Cast) -> None:
    with scoped(STATE):
        own = {"learner__in": cast.learners["NORTH"]}
        Consultation.objects.filter(held_on=dt.date(2023, 2, 1), **own).update(
            provider_confirmed_at=now(), learner_confirmed_at=now()
        )
        ReimbursementClaim.objects.filter(**own).update(status="APPROVED", decided_at=now())
    report = _report(ask, "north", 'institutionCode:"NORTH", semesterCode:"2022/2023-2"')
    assert (report["plans"], report["learners"]) == (6, 6)
    assert report["riskIdentifications"][0] == {"group": "LEARNING_INSTITUTION", "identifications": 6, "plans": 6, "learners": 6}
    assert report["consultations"] == [{"role": "TEACHER", "hours": 6, "learners": 6}]
    assert report["reimbursements"] == [{"kind": "CATERING", "learners": 6, "amount": "189.00"}]
    assert {row["kind"]: (row["planned"], row["delivered"]) for row in report["measures"]} == {
        "TEACHER": (6, 6),
        "CATERING": (6, 6),
    }


def test_the_same_figures_have_the_same_hash(ask: Ask) -> None:
    first, second = (_report(ask, "north", 'semesterCode:"2022/2023-2"') for _ in range(2))
    assert first["contentHash"] == second["contentHash"]
    assert first["plans"] == 6, "naming no unit: the whole scope"


def test_as_it_was_known_at_a_moment(ask: Ask) -> None:
    """In UTC or with another offset; a moment to come is the present, one without an offset is no moment."""
    semester = 'semesterCode:"2022/2023-2"'
    present = _report(ask, "north", semester)
    assert present["asOf"] == present["generatedAt"]
    for moment in ("2016-12-31T22:00:00Z", "2017-01-01T00:00:00+02:00"):
        before = _report(ask, "north", f'{semester}, divisionOn:"2025-07-01", asOf:"{moment}"')
        assert (before["plans"], before["measures"], before["divisionOn"]) == (0, [], "2025-07-01")
        assert dt.datetime.fromisoformat(before["asOf"]) == dt.datetime(2016, 12, 31, 22, tzinfo=dt.UTC)
    known = _report(ask, "north", f'{semester}, asOf:"{present["generatedAt"]}"')
    assert (known["contentHash"], known["asOf"]) == (present["contentHash"], present["generatedAt"])
    to_come = _report(ask, "north", f'{semester}, asOf:"2199-01-01T00:00:00Z"')
    assert to_come["asOf"] == to_come["generatedAt"]
    assert ask("north", f'{{semesterReport({semester}, asOf:"2023-10-16T12:00:00"){{plans}}}}').codes == ["BAD_REQUEST"]


@pytest.mark.parametrize("by", ["Code", "Id"])
def test_units_are_named_by_code_or_id(ask: Ask, cast: Cast, by: str) -> None:
    school = cast.schools["SOUTH"]
    units = {"institution": school, "municipality": school.municipality, "region": school.municipality.region}
    semester = cast.semester.code if by == "Code" else cast.semester.public_id
    for name, unit in units.items():
        value = unit.code if by == "Code" else unit.public_id
        arguments = f'{name}{by}:"{value}", semester{by}:"{semester}"'
        assert _report(ask, "state", arguments)["plans"] == 2
        assert _report(ask, "north", arguments) is None


@pytest.mark.parametrize("unit", ['institutionId:"x"', 'institutionCode:"NOWHERE"', 'regionId:"inst_0"', 'municipalityCode:""'])
def test_what_is_not_there_is_null(ask: Ask, unit: str) -> None:
    assert _report(ask, "state", f'{unit}, semesterCode:"2022/2023-2"') is None
    assert _report(ask, "state", 'semesterCode:"1999/2000-1"') is None


@pytest.mark.parametrize(
    "arguments",
    [
        'institutionCode:"NORTH"',
        'institutionCode:"NORTH", regionCode:"R-NORTH", semesterCode:"2022/2023-2"',
        'semesterCode:"2022/2023-2", semesterId:"x"',
    ],
)
def test_a_report_needs_one_semester_and_one_unit_at_most(ask: Ask, arguments: str) -> None:
    assert ask("state", f"{{semesterReport({arguments}){{plans}}}}").codes == ["BAD_REQUEST"]


def test_a_researcher_reads_reports_but_no_rows(ask: Ask) -> None:
    assert _report(ask, "research", 'semesterCode:"2022/2023-2"')["plans"] == 8
    assert ask("research", "{supportPlans(first:1){totalCount}}").codes == ["FORBIDDEN"]

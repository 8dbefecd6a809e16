"""The table builder over the case API."""

from __future__ import annotations

from typing import Any

import pytest

from backend.insight.statistics.reference import load_profiles
from tests.graphql.cast import Cast
from tests.graphql.conftest import Ask

MEMBERS = "{table rows columns unit cells{row column value suppressed} protection protectionNote asOf generatedAt contentHash}"


def _table(ask: Ask, app: str, arguments: str) -> Any:
    return ask(app, f"{{statistics({arguments}){MEMBERS}}}").data["statistics"]


def test_a_table_with_its_totals(ask: Ask, cast: Cast) -> None:
    made = _table(ask, "state", 'table: PLANS, rows: [INSTITUTION], columns: [SEMESTER], filters: {schoolYear: ["2022/2023"]}')
    assert (made["table"], made["rows"], made["columns"], made["unit"]) == ("PLANS", ["INSTITUTION"], ["SEMESTER"], "COUNT")
    assert (made["protection"], made["protectionNote"], made["asOf"]) == ("EXACT", None, made["generatedAt"])
    cells = {(cell["row"][0], cell["column"][0]): cell["value"] for cell in made["cells"]}
    assert cells["NORTH", "2022/2023-2"] == "6"
    assert cells["SOUTH", None] == "2"
    assert cells[None, None] == "8"
    assert not any(cell["suppressed"] for cell in made["cells"])
    again = _table(ask, "state", 'table: PLANS, rows: [INSTITUTION], columns: [SEMESTER], filters: {schoolYear: ["2022/2023"]}')
    assert again["contentHash"] == made["contentHash"]


@pytest.mark.parametrize("by", ["Code", "Id"])
def test_units_and_semesters_are_named_by_code_or_id(ask: Ask, cast: Cast, by: str) -> None:
    school = cast.schools["SOUTH"]
    for name, unit in {"institution": school, "region": school.municipality.region}.items():
        value = unit.code if by == "Code" else unit.public_id
        when = cast.semester.code if by == "Code" else cast.semester.public_id
        filters = (
            f'{{{name}{by}: "{value}", semester{by}: "{when}", riskGroup: [LEARNING_INSTITUTION], programmeKind: [GENERAL]}}'
        )
        arguments = f"table: LEARNERS, rows: [RISK_GROUP], filters: {filters}"
        assert [cell["value"] for cell in _table(ask, "state", arguments)["cells"]] == ["2", "2"]
        assert _table(ask, "north", arguments) is None


def test_what_is_not_there_is_null(ask: Ask) -> None:
    for filters in ('{institutionCode: "NOWHERE"}', '{regionId: "inst_0"}', '{semesterCode: "1999/2000-1"}'):
        assert _table(ask, "state", f"table: HOURS, rows: [MONTH], filters: {filters}") is None


@pytest.mark.parametrize(
    "arguments",
    [
        "table: HOURS, rows: []",
        "table: HOURS, rows: [MONTH, MONTH]",
        "table: HOURS, rows: [RISK_GROUP]",
        'table: HOURS, rows: [MONTH], filters: {institutionCode: "NORTH", regionCode: "R-NORTH"}',
        'table: HOURS, rows: [MONTH], asOf: "2023-10-16T12:00:00"',
    ],
)
def test_what_does_not_go_together_is_a_bad_request(ask: Ask, arguments: str) -> None:
    assert ask("state", f"{{statistics({arguments}){{contentHash}}}}").codes == ["BAD_REQUEST"]


def test_outside_the_reach_figures_are_protected(ask: Ask, cast: Cast) -> None:
    """North asks about South: noise, said in words in the asker's language, and never 1 or 2."""
    load_profiles()
    for rows in ("INSTITUTION", "SEMESTER"):
        made = _table(ask, "north", f'table: PLANS, rows: [{rows}], filters: {{institutionCode: "SOUTH"}}')
        assert made["protection"] == "CELL_KEY"
        assert "noise" in made["protectionNote"] or "izmainīts" in made["protectionNote"]
        assert made["cells"]
        assert {cell["value"] for cell in made["cells"]}.isdisjoint({"1", "2"})
    assert _table(ask, "north", 'table: PLANS, rows: [SEMESTER], filters: {institutionCode: "NORTH"}')["protection"] == "EXACT"

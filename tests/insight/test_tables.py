"""The table builder: what it counts, adds up, leaves out and refuses; the report's tables are the same ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from backend.accounts.scope import scoped
from backend.core.clock import now
from backend.insight.statistics.conditions import Conditions
from backend.insight.statistics.cubes import CUBES, REPORT_TABLES, CubeCode, Dimension
from backend.insight.statistics.full_report import full_report
from backend.insight.statistics.rollups.keeping import fold_all
from backend.insight.statistics.tables import CannotBeBuiltError, Table, statistics_table
from backend.territory.models import Municipality, Semester
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import ClaimFactory, MeasureFactory, RiskAssessmentFactory, whole_state

D = Dimension


def table(cast: Cast, cube: str, rows: list[D], columns: list[D] | None = None, person: str = "agency", **more: Any) -> Table:
    made = asked(cast, cube, rows, columns, person, **more)
    assert made is not None
    return made


def asked(
    cast: Cast, cube: str, rows: list[D], columns: list[D] | None = None, person: str = "agency", **more: Any
) -> Table | None:
    scope = cast.scope(person)
    as_of = more.pop("as_of", None)
    conditions = Conditions(**{"division_on": TODAY} | more)
    with scoped(scope):
        return statistics_table(
            scope=scope, cube=CubeCode(cube), rows=rows, columns=columns or [], conditions=conditions, as_of=as_of
        )


def figures(made: Table) -> dict[tuple[str | None, ...], str]:
    return {(*cell.row, *cell.column): str(cell.figure) for cell in made.cells}


def semester(code: str = "2022/2023-2") -> Semester:
    return Semester.objects.get(code=code)


def test_three_counts_are_kept_apart(cast: Cast) -> None:
    with whole_state():
        RiskAssessmentFactory(plan=cast.plans["Anna"], risk_factor=_factor("low_motivation"))
    given: dict[str, Any] = {"institution": cast.schools["maple"], "semester": semester()}
    group = ("LEARNING_INSTITUTION",)
    assert figures(table(cast, "RISK_IDENTIFICATIONS", [D.RISK_GROUP], **given)) == {group: "3", (None,): "3"}
    assert figures(table(cast, "PLANS", [D.RISK_GROUP], **given)) == {group: "2", (None,): "2"}
    assert figures(table(cast, "LEARNERS", [D.RISK_GROUP], **given)) == {group: "2", (None,): "2"}
    by_factor = figures(table(cast, "LEARNERS", [D.RISK_FACTOR], **given))
    assert sum(int(number) for code, number in by_factor.items() if code != (None,)) == 3
    assert by_factor[None,] == "2", "who has two risks is one learner"


def test_totals_run_outwards(cast: Cast) -> None:
    made = table(cast, "PLANS", [D.MUNICIPALITY, D.INSTITUTION], [D.SEMESTER])
    found = figures(made)
    school = cast.schools["maple"]
    assert found["LV-059", school.code, "2022/2023-2"] == "2"
    inside = [int(n) for (town, code, when), n in found.items() if town == "LV-059" and code and when == "2022/2023-2"]
    assert found["LV-059", None, "2022/2023-2"] == str(sum(inside))
    assert found[None, None, None] == str(sum(int(n) for key, n in found.items() if None not in key))
    assert (None, school.code, "2022/2023-2") not in found


def test_money_by_kind_and_source(cast: Cast) -> None:
    with whole_state():
        anna = MeasureFactory(plan=cast.plans["Anna"], code="ACCOMMODATION")
        partly = ClaimFactory(measure=anna, amount=Decimal("40.00"), status="PAID")
        ClaimFactory(measure=anna, amount=Decimal("-15.25"), reverses=partly, status="PAID")
    made = table(cast, "AMOUNTS", [D.MEASURE_KIND], [D.FUNDING_SOURCE], institution=cast.schools["maple"], semester=semester())
    assert figures(made)["ACCOMMODATION", ""] == "24.75"
    assert figures(made)["CATERING", None] == "63.00"
    assert figures(made)[None, None] == "87.75"


def test_measures_by_how_far_they_came(cast: Cast) -> None:
    with whole_state():
        MeasureFactory(plan=cast.plans["Anna"], code="PSYCHOLOGIST")
    made = table(cast, "MEASURES", [D.MEASURE_KIND], [D.PROGRESS], institution=cast.schools["maple"], semester=semester())
    found = figures(made)
    assert found["TEACHER", "DELIVERED"] == "2"
    assert found["PSYCHOLOGIST", "PLANNED"] == "1"
    assert ("PSYCHOLOGIST", "DELIVERED") not in found
    assert found["CATERING", None] == "2"


@pytest.mark.parametrize(
    ("conditions", "plans"),
    [
        ({"risk_groups": ("LEARNING_INSTITUTION",)}, 2),
        ({"risk_groups": ("FAMILY",)}, 0),
        ({"measure_kinds": ("CATERING",)}, 2),
        ({"measure_kinds": ("PSYCHOLOGIST",)}, 0),
        ({"measure_categories": ("CONSULTATION",)}, 2),
        ({"measure_categories": ("CONSULTATION",), "measure_kinds": ("CATERING",)}, 0),
        ({"programme_kinds": ("GENERAL",)}, 2),
        ({"programme_kinds": ("VOCATIONAL",)}, 0),
        ({"institution_kinds": ("GENERAL",)}, 2),
        ({"school_years": ("2022/2023",)}, 2),
        ({"school_years": ("2019/2020",)}, 0),
    ],
)
def test_conditions(cast: Cast, conditions: dict[str, Any], plans: int) -> None:
    given: dict[str, Any] = {"institution": cast.schools["maple"], **conditions}
    if "school_years" not in conditions:
        given["semester"] = semester()
    for cube in ("PLANS", "LEARNERS"):
        assert figures(table(cast, cube, [D.SEMESTER], **given)).get((None,), "0") == str(plans)


@pytest.mark.parametrize(
    ("rows", "columns", "says"),
    [
        ([], [], "one to four"),
        ([D.REGION, D.MUNICIPALITY, D.INSTITUTION], [D.SEMESTER, D.STAGE], "one to four"),
        ([D.REGION], [D.REGION], "once"),
        ([D.RISK_GROUP], [D.SPECIALIST_ROLE], "go together"),
    ],
)
def test_what_does_not_go_together_is_refused(cast: Cast, rows: list[D], columns: list[D], says: str) -> None:
    with pytest.raises(CannotBeBuiltError, match=says):
        asked(cast, "LEARNERS", rows, columns)


@pytest.mark.parametrize(
    ("person", "unit", "gets"),
    [
        ("author of maple", {"institution": "maple"}, True),
        ("coordinator of madona", {"municipality": "LV-059"}, True),
        ("researcher", {"municipality": "LV-059"}, True),
        ("editor", {}, False),
    ],
)
def test_only_what_is_wholly_in_reach(cast: Cast, person: str, unit: dict[str, str], gets: bool) -> None:
    given: dict[str, Any] = {}
    if "institution" in unit:
        given["institution"] = cast.schools[unit["institution"]]
    if "municipality" in unit:
        given["municipality"] = Municipality.objects.get(code=unit["municipality"])
    made = asked(cast, "HOURS", [D.SPECIALIST_ROLE], [D.INSTITUTION], person, **given)
    assert (made is not None) == gets
    if made is not None and person == "author of maple":
        assert {cell.column[0] for cell in made.cells} == {cast.schools["maple"].code, None}


def test_every_pair_of_every_cube_is_what_the_rows_say(cast: Cast, django_assert_max_num_queries: Any) -> None:
    """Whatever goes together can be asked: waiting and folded facts give the same table, in at most two statements."""
    told, scope = 0, cast.scope("coordinator of madona")
    madona = Municipality.objects.get(code="LV-059")
    pairs = [(cube, pair) for cube in CUBES.values() for pair in combinations(sorted(cube.dimensions), 2) if cube.facts_for(pair)]
    asking = pairs[:: max(1, len(pairs) // 90)]

    def ask(as_of: dt.datetime | None = None) -> list[str]:
        answers = []
        for cube, (row, column) in asking:
            conditions = Conditions(municipality=madona, division_on=TODAY)
            with scoped(scope):
                made = statistics_table(
                    scope=scope, cube=cube.code, rows=[row], columns=[column], conditions=conditions, as_of=as_of
                )
            assert made is not None
            answers.append(made.content_hash)
        return answers

    waiting = ask()
    fold_all()
    assert ask() == waiting
    told += len(asking)
    assert told >= 90
    conditions = Conditions(municipality=madona, division_on=TODAY)
    with scoped(scope), django_assert_max_num_queries(2):
        statistics_table(scope=scope, cube=CubeCode.LEARNERS, rows=[D.INSTITUTION], columns=[D.RISK_GROUP], conditions=conditions)


@pytest.mark.parametrize("unit", ["country", "municipality", "institution"])
def test_the_reports_tables_are_those_of_the_builder(cast: Cast, unit: str, django_assert_max_num_queries: Any) -> None:
    given: dict[str, Any] = {
        "country": {},
        "municipality": {"municipality": Municipality.objects.get(code="LV-059")},
        "institution": {"institution": cast.schools["maple"]},
    }[unit]
    scope, of_semester = cast.scope("agency"), semester()
    with scoped(scope), django_assert_max_num_queries(5):
        full = full_report(scope=scope, semester=of_semester, division_on=TODAY, **given)
        assert full is not None
        assert full.corrections == []
        tables = full.tables
    assert [spec.code for spec, _table in tables] == [spec.code for spec in REPORT_TABLES]
    for spec, made in tables:
        built = table(cast, spec.cube, list(spec.rows), list(spec.columns), semester=of_semester, **given)
        assert figures(made) == figures(built), spec.code
        assert made.content_hash == built.content_hash
    money = {spec.code: made for spec, made in tables}["money"]
    assert figures(money)[None, None] == str(sum((row.amount for row in full.report.reimbursements), Decimal(0)))


def test_a_moment_to_come_is_the_present(cast: Cast) -> None:
    made = table(cast, "PLANS", [D.SEMESTER], as_of=now() + dt.timedelta(days=1))
    assert made.as_of == made.generated_at


def _factor(code: str) -> Any:
    from backend.registry.models import RiskFactor

    return RiskFactor.objects.get(code=code)

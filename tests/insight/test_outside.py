"""The table builder outside one's reach: noise that hangs on the group alone, and nothing exact."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from backend.accounts.scope import scoped, settings_of
from backend.core.clock import now
from backend.insight.disclosure.cellkey import SQL_KEY, record_key
from backend.insight.statistics.conditions import Conditions
from backend.insight.statistics.cubes import CUBES, CubeCode
from backend.insight.statistics.cubes import Dimension as D
from backend.insight.statistics.models import ReleaseProfile
from backend.insight.statistics.outside import cell_secret
from backend.insight.statistics.tables import CannotBeBuiltError, StatisticsProtection, Table, statistics_table
from backend.territory.models import Municipality, Semester
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import EnrolmentFactory, SupportPlanFactory, whole_state


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Twenty more plans at birch, which lies outside Madona."""
    with whole_state():
        for _number in range(20):
            SupportPlanFactory(enrolment=EnrolmentFactory(institution=cast.schools["birch"]))
    return cast


def _asked(cast: Cast, cube: str, rows: list[D], columns: list[D] = [], person: str = "author of maple", **given: Any) -> Table:  # noqa: B006
    as_of = given.pop("as_of", None)
    conditions = Conditions(division_on=TODAY, **given)
    scope = cast.scope(person)
    with scoped(scope):
        made = statistics_table(scope=scope, cube=CubeCode(cube), rows=rows, columns=columns, conditions=conditions, as_of=as_of)
        with connection.cursor() as cursor:  # the caller's reach is back
            cursor.execute("select current_setting('app.reads_statistics', true)")
            assert cursor.fetchone()[0] == settings_of(scope)["reads_statistics"]
    assert made is not None
    return made


def _figures(table: Table) -> dict[tuple[str | None, ...], int | None]:
    return {(*cell.row, *cell.column): None if cell.figure is None else int(cell.figure) for cell in table.cells}


def test_outside_figures_are_noisy_and_say_so(busy: Cast) -> None:
    birch = busy.schools["birch"]
    table = _asked(busy, "PLANS", [D.SEMESTER], institution=birch)
    assert table.protection is StatisticsProtection.CELL_KEY
    assert str(table.protection_note)
    exact = _figures(_asked(busy, "PLANS", [D.SEMESTER], person="agency", institution=birch))
    for at, figure in _figures(table).items():
        assert figure is not None
        assert figure == 0 or figure >= 3
        assert abs(figure - (exact[at] or 0)) <= 4


def test_the_same_group_gets_the_same_figure_however_it_is_asked_for(busy: Cast) -> None:
    birch, semester = busy.schools["birch"], Semester.objects.get(code="2022/2023-2")
    town = Municipality.objects.get(pk=birch.municipality_id)
    people = {"author of maple", "coordinator of madona", "coordinator of vidzeme"}
    for cube in ("PLANS", "LEARNERS"):
        told = {
            _figures(_asked(busy, cube, [D.SEMESTER], person=person, institution=birch))["2022/2023-2",]
            for person in people - ({"coordinator of vidzeme"} if town.region.code == "Vidzeme" else set())
        }
        told.add(_figures(_asked(busy, cube, [D.INSTITUTION], institution=birch, semester=semester))[birch.code,])
        told.add(_figures(_asked(busy, cube, [D.INSTITUTION_KIND], institution=birch, semester=semester))[birch.kind,])
        told.add(_figures(_asked(busy, cube, [D.STAGE], [D.SEMESTER], institution=birch, semester=semester))[None, None])
        assert len(told) == 1, cube


def test_within_reach_figures_stay_exact(busy: Cast) -> None:
    own = _asked(busy, "PLANS", [D.SEMESTER], institution=busy.schools["maple"])
    assert own.protection is StatisticsProtection.EXACT
    assert _figures(own)["2022/2023-2",] == 2


def test_sums_of_few_people_are_left_out(busy: Cast) -> None:
    table = _asked(busy, "AMOUNTS", [D.MEASURE_KIND], institution=busy.schools["birch"])
    assert table.cells
    assert all(cell.figure is None for cell in table.cells)


def test_the_past_is_not_asked_outside(busy: Cast) -> None:
    with pytest.raises(CannotBeBuiltError, match="as they are now"):
        _asked(busy, "PLANS", [D.SEMESTER], institution=busy.schools["birch"], as_of=now() - dt.timedelta(days=1))


def test_every_cube_answers_outside(busy: Cast) -> None:
    for cube in CUBES.values():
        dimension = sorted(cube.dimensions)[0]
        made = _asked(busy, cube.code.value, [dimension], institution=busy.schools["birch"])
        assert made.protection is StatisticsProtection.CELL_KEY
        assert {cell.figure for cell in made.cells}.isdisjoint({1, 2})


def test_the_database_keys_records_as_python_does(cast: Cast) -> None:
    record = cast.learners["Anna"].pk
    with connection.cursor() as cursor:
        cursor.execute(f"select {SQL_KEY.format(record='%s::uuid')}", [cell_secret().hex(), record])
        assert cursor.fetchone()[0] == record_key(secret=cell_secret(), record=record)


def test_rounding_is_the_simple_mode(busy: Cast) -> None:
    with whole_state():
        ReleaseProfile.objects.filter(audience="PUBLIC").update(builder_mode="ROUNDING")
    table = _asked(busy, "PLANS", [D.SEMESTER], institution=busy.schools["birch"])
    assert table.protection is StatisticsProtection.ROUNDING
    assert {int(cell.figure or 0) % 5 for cell in table.cells} == {0}

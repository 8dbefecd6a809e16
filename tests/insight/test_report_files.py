"""The same report of the same moment is the same bytes whenever it is made, and what changed later shows as a correction."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from backend.accounts.scope import scoped
from backend.documents.report import report_file
from backend.insight.statistics.closing import close_semester
from backend.insight.statistics.full_report import FullReport, full_report
from backend.insight.statistics.rollups.keeping import fold_all
from backend.insight.statistics.staff_load import StaffLoad
from backend.territory.models import Semester
from tests.factories.cast import Cast
from tests.factories.rows import whole_state
from tests.insight.test_report_as_known import STEPS
from tests.trail.conftest import committed, trail_files  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def _full(cast: Cast, person: str = "agency", **asked: Any) -> FullReport:
    scope = cast.scope(person)
    with scoped(scope):
        full = full_report(scope=scope, semester=Semester.objects.get(code="2022/2023-2"), **asked)
        assert full is not None
        assert full.tables is not None
        assert full.corrections is not None
    return full


def _files(cast: Cast, **asked: Any) -> dict[str, bytes]:
    scope = cast.scope("agency")
    with scoped(scope):
        full = full_report(scope=scope, semester=Semester.objects.get(code="2022/2023-2"), **asked)
        assert full is not None
        return {ending: report_file(full, ending)[1] for ending in ("pdf", "xlsx", "csv")}


def test_every_file_and_table_of_the_past_is_what_it_was(committed: Cast) -> None:  # noqa: F811
    said: list[tuple[dt.datetime, list[str], list[StaffLoad], dict[str, bytes]]] = []
    school = committed.schools["maple"]
    for number, step in enumerate((None, *STEPS)):
        if step is not None:
            with whole_state():
                step(committed)
        if number % 2:
            fold_all()
        full = _full(committed, institution=school)
        at = full.report.generated_at
        said.append((at, [table.content_hash for _spec, table in full.tables], full.staff_load, _files(committed, as_of=at)))
    for at, hashes, load, files in said:
        then = _full(committed, institution=school, as_of=at)
        assert [table.content_hash for _spec, table in then.tables] == hashes
        assert then.staff_load == load
        assert _files(committed, as_of=at) == files
    assert len({files["csv"] for *_rest, files in said}) == len(said), "each step changed something"


def test_what_changes_after_closing_shows_as_a_correction(committed: Cast) -> None:  # noqa: F811
    semester = Semester.objects.get(code="2022/2023-2")
    scope = committed.scope("agency")
    school = committed.schools["maple"]
    before = _full(committed)
    with scoped(scope):
        close_semester(scope=scope, semester_id=semester.pk)
    assert _full(committed).corrections == []
    with whole_state():
        STEPS[0](committed)
    after = _full(committed)
    found = {line.figure: (line.sealed, line.now) for line in after.corrections}
    assert found["reimbursements.ACCOMMODATION.amount"] == ("0.00", "12.34")
    assert found["reimbursements.ACCOMMODATION.learners"] == ("0", "1")
    planned = {line.kind: line.planned for line in after.report.measures}["ACCOMMODATION"]
    assert found["measures.ACCOMMODATION.planned"] == ("0", str(planned))
    assert not any(figure.startswith("consultations") for figure in found)
    assert before.report.content_hash != after.report.content_hash
    of_school = {line.figure for line in _full(committed, "author of maple", institution=school).corrections}
    assert of_school == {"measures.ACCOMMODATION.planned"}, "Francis goes to another school"

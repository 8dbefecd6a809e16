"""A semester's report: the case API, the PDF, the workbook and the CSV say the same numbers."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from backend.territory.models import Semester
from tests.documents.month_of_maple import fetch
from tests.factories.rows import RiskAssessmentFactory, whole_state
from tests.mutations.office import Office, Sender

pytestmark = pytest.mark.django_db
ASKED = """{semesterReport(semesterCode: "2022/2023-2", municipalityCode: "LV-059") {
  plans learners riskIdentifications{group identifications plans learners} measures{kind planned delivered}
  consultations{role hours learners} reimbursements{kind learners amount}
  staffLoad{role specialists learners hours hoursMean hoursLowerQuartile hoursMedian hoursUpperQuartile hoursMost learnersMean
    learnersMedian learnersMost}
  tables{table rows columns unit cells{row column value suppressed} protection asOf contentHash} corrections{figure sealed now}
  contentHash generatedAt}}"""
KEYS = {"riskIdentifications": "group", "measures": "kind", "consultations": "role", "reimbursements": "kind"}
TABLES = ("plans-by-status", "timeliness", "risks", "measure-progress", "hours", "staff", "money")
Figures = dict[tuple[str, str, str], Decimal]


def _address(ending: str, query: str = "municipalityCode=LV-059") -> str:
    semester = Semester.objects.get(code="2022/2023-2")
    return f"/documents/semester-report/{semester.public_id}.{ending}?{query}"


def _of_api(report: dict[str, Any]) -> Figures:
    found: Figures = {("totals", name, "count"): Decimal(report[name]) for name in ("plans", "learners")}
    for name, key in KEYS.items():
        for line in report[name]:
            found |= {(name, line[key], part): Decimal(value) for part, value in line.items() if part != key}
    for line in report["staffLoad"]:
        row = line["role"] or "TOTAL"
        for part, value in line.items():
            if part != "role":
                found["staffLearners" if part.startswith("learners") else "staffHours", row, _spelt(part)] = Decimal(str(value))
    for code, table in zip(TABLES, report["tables"], strict=True):
        for cell in table["cells"]:
            codes = cell["row"][0], cell["column"][0] if cell["column"] else None
            row, column = ("TOTAL" if part is None else part for part in codes)
            found[code, row, column] = Decimal(cell["value"])
    return found


def _spelt(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _of_csv(content: bytes) -> tuple[Figures, list[list[str]]]:
    head, *lines = csv.reader(io.StringIO(content.decode(), newline=""))
    assert head == ["section", "title", "row", "row_name", "column", "column_name", "figure"]
    found: Figures = {}
    for section, _title, row, _name, column, _column_name, figure in lines:
        found[section, row, column] = Decimal(figure)
    return found, lines


def test_all_four_say_the_same(office: Office, send: Sender) -> None:
    office.till.pay(office.till.batch(office.till.approved()))
    with whole_state():
        RiskAssessmentFactory(plan=office.cast.plans["Anna"], moment="END")
    report = send.ask("agency", ASKED).data["semesterReport"]
    expected = _of_api(report)
    assert len(expected) > 40
    assert {table["protection"] for table in report["tables"]} == {"EXACT"}
    answers = {ending: fetch(office, "agency", _address(ending)) for ending in ("csv", "xlsx", "pdf")}
    assert {answer.status_code for answer in answers.values()} == {200}

    said, lines = _of_csv(answers["csv"].content)
    nonzero = {at: figure for at, figure in expected.items() if figure}
    assert {at: figure for at, figure in said.items() if figure} == nonzero

    book = load_workbook(io.BytesIO(answers["xlsx"].content))
    for section in {line[0] for line in lines}:
        sheet = [list(row) for row in book[section[:31]].iter_rows(values_only=True)]
        of_section = [line for line in lines if line[0] == section]
        columns = list(dict.fromkeys(line[5] for line in of_section))
        assert [cell for cell in sheet[1][1:] if cell is not None] == columns
        shown = {
            (str(row[0]), name): Decimal(str(value)) for row in sheet[2:] for name, value in zip(columns, row[1:], strict=False)
        }
        assert shown == {(line[3], line[5]): Decimal(line[6]) for line in of_section}
    assert report["contentHash"] in {str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answers["pdf"].content)).pages)
    flat = "".join(text.split())
    for section, _title, _row, row_name, _column, _column_name, figure in lines:
        assert "".join(row_name.split()) in flat
        shown_as = figure.replace(".", ",") + ("EUR" if "." in figure and not section.startswith("staff") else "")
        assert shown_as in flat
    assert report["contentHash"] in flat


def test_columns_stand_in_their_declared_order(office: Office) -> None:
    """Whatever row comes first, and whichever of them it lacks."""
    lines = _of_csv(fetch(office, "agency", _address("csv")).content)[1]
    columns = list(dict.fromkeys(line[4] for line in lines if line[0] == "measure-progress"))
    assert columns == [code for code in ("PLANNED", "DELIVERED", "PAID", "TOTAL") if code in columns]
    assert {line[6] for line in lines if line[0] == "money" and Decimal(line[6]) == 0} <= {"0.00"}, "no euro is euro too"


def test_money_by_source_adds_up_to_what_was_approved(office: Office, send: Sender) -> None:
    office.till.pay(office.till.batch(office.till.approved()))
    asked = """{statistics(table: AMOUNTS, rows: [FUNDING_SOURCE], filters: {municipalityCode: "LV-059"}) {
      unit cells {row value}}}"""
    table = send.ask("agency", asked).data["statistics"]
    assert table["unit"] == "EURO"
    by_source = {cell["row"][0]: Decimal(cell["value"]) for cell in table["cells"]}
    assert len([source for source in by_source if source]) == 2, "the Fund's part and the state's"
    assert sum(value for source, value in by_source.items() if source is not None) == by_source[None]


@pytest.mark.parametrize(
    ("app", "query", "status"),
    [
        ("municipal-system", "municipalityCode=LV-059", 200),
        ("journal", "municipalityCode=LV-059", 404),
        ("journal", "", 200),
        ("agency", "municipalityCode=LV-999", 404),
        ("agency", "municipalityCode=LV-059&regionCode=Vidzeme", 400),
        ("agency", "asOf=2023-10-16T12:00:00", 400),
        ("agency", "divisionOn=yesterday", 400),
        ("agency", "asOf=2023-10-16T12:00:00%2B03:00&divisionOn=2025-07-01", 200),
    ],
)
def test_who_gets_which(office: Office, app: str, query: str, status: int) -> None:
    assert fetch(office, app, _address("csv", query)).status_code == status


def test_other_endings_and_semesters_are_not_there(office: Office) -> None:
    assert fetch(office, "agency", _address("xml")).status_code == 404
    assert fetch(office, "agency", "/documents/semester-report/sem_0.pdf").status_code == 404

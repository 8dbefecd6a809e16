"""The timesheet as a PDF: what it says, that it is tagged, who is handed it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from backend.accounts.models import User
from backend.accounts.scope import scoped
from backend.cases.delivery.timesheet_document import TimesheetRow, timesheet_document
from backend.documents.timesheet import made
from tests.cases.delivery.month import SEPTEMBER
from tests.documents.month_of_maple import fetch, month_of
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender
from tests.naughty import NAUGHTY

pytestmark = pytest.mark.django_db
HELD = (dt.date(2023, 9, 11), dt.date(2023, 9, 13))
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> #sys.version *x*"


def _text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def _sheet(office: Office) -> Any:
    month = month_of(office)
    month.counted(office.desk.measure(), *HELD)
    month.record(office.desk.measure(), dt.date(2023, 9, 14))
    return month.sheet(month=SEPTEMBER)


def test_the_hours_by_day_in_latvian_tagged_and_safe(office: Office, send: Sender) -> None:
    sheet = _sheet(office)
    User.objects.filter(pk=office.desk.provider.pk).update(first_name="Ģirts", last_name=HOSTILE[:60])
    asked = send.ask("journal", "{ timesheets(first: 1) { edges { node { id documentPath } } } }")
    (edge,) = asked.data["timesheets"]["edges"]
    assert edge["node"] == {"id": sheet.public_id, "documentPath": f"/documents/timesheet/{sheet.public_id}.pdf"}
    answer = fetch(office, "journal", edge["node"]["documentPath"], **{"accept-language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    reader = PdfReader(io.BytesIO(answer.content))
    root: Any = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("lv-LV", True)
    assert b"pdfuaid" in root["/Metadata"].get_data()
    text = _text(answer.content)
    said = ("darba laika uzskaites veidlapa", "2023. gada septembris", "Ģirts", HOSTILE[:40], "pedagogs", "Ievadīts", "Neviens")
    for words in said:
        assert words.lower() in text.lower(), (words, text)
    assert "kas netiek skaitīti: 1" in text
    assert "Sagatavots 16.10.2023." in text, "the day of the case work, not the machine's"


def test_approvals_that_stand_are_named(office: Office) -> None:
    month = month_of(office)
    month.counted(office.desk.measure(), *HELD)
    sheet = month.sheet(month=SEPTEMBER)
    for who in ("head", "coordinator"):
        month.approve(who, sheet)
    month.withdraw("coordinator", sheet)
    with whole_state():
        User.objects.filter(pk=office.till.head.pk).update(first_name="Helga", last_name="Vadīte")
        User.objects.filter(pk=month.people["coordinator"].pk).update(first_name="Kārlis", last_name="Kārtotājs")
    text = _text(fetch(office, "office", f"/documents/timesheet/{sheet.public_id}.pdf").content)
    assert "Helga Vadīte" in text
    assert "Kārlis Kārtotājs" not in text, "what was withdrawn does not stand"


@pytest.mark.parametrize(
    ("app", "status"), [("office", 200), ("municipal-system", 200), ("agency", 200), ("register", 200), ("other-school", 404)]
)
def test_who_reads_the_hours_is_handed_it(office: Office, app: str, status: int) -> None:
    path = f"/documents/timesheet/{_sheet(office).public_id}.pdf"
    assert fetch(office, app, path).status_code == status
    assert fetch(office, app, path.replace(".pdf", ".csv")).status_code == 404


def test_texts_that_try_to_be_something_else_are_only_texts(office: Office) -> None:
    """The whole list of naughty strings as positions and names: typeset, each sign there or written by its number."""
    sheet = _sheet(office)
    with scoped(scope := office.desk.scope(office.desk.author)):
        document = timesheet_document(scope=scope, timesheet_id=sheet.pk)
    assert document is not None
    rows = tuple(TimesheetRow("TEACHER", text, (0,) * 30, 1) for text in NAUGHTY)
    text = _text(made(replace(document, rows=rows, provider=NAUGHTY[-1])))
    said = [line for line in NAUGHTY if line.isascii() and line.isprintable() and 5 < len(line) < 20 and " " not in line]
    assert len(said) > 20
    whole = text.replace(" ", "")
    assert [line for line in said if line not in whole] == []

"""The package of a month: the same bytes for everybody, hashes that hold, nothing of what only a school reads, and safe cells."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from backend.accounts.models import Level, Role, User
from backend.accounts.scope import scoped
from backend.cases.delivery.models import Consultation, MonthSubmission
from backend.cases.reimbursements.models import ClaimItem
from backend.core import inputs
from backend.core.refusals import Problems
from backend.core.spreadsheets import safe_cell
from backend.documents.month import COSTS, HOURS, month_zip
from tests.cases.delivery.month import OCTOBER, SEPTEMBER
from tests.documents.month_of_maple import fetch, month_of, submitted
from tests.factories.rows import user_with, whole_state
from tests.mutations.office import Office, Sender
from tests.naughty import NAUGHTY

pytestmark = pytest.mark.django_db


def _open(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _path(submission: MonthSubmission) -> str:
    return f"/documents/month/{submission.public_id}.zip"


def test_what_it_holds_and_that_the_hashes_hold(office: Office, send: Sender) -> None:
    submission = submitted(office, claims=2)
    asked = send.ask("municipal-system", "{ monthSubmissions(first: 1) { edges { node { documentPath } } } }")
    path = asked.data["monthSubmissions"]["edges"][0]["node"]["documentPath"]
    assert path == _path(submission)
    answer = fetch(office, "municipal-system", path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"].startswith('attachment; filename="2023-09-maple-1.zip"')
    parts = _open(answer.content)
    sheet = next(name for name in parts if name.startswith("dluv/"))
    assert list(parts) == ["kopsavilkums.pdf", sheet, "konsultacijas.csv", "kompensacijas.csv", "saturs.json", "index.json"]
    index = json.loads(parts["index.json"])
    for told in index["files"]:
        content = parts[told["name"]]
        assert (told["size"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert [told["name"] for told in index["files"]] == list(parts)[:-1]
    assert hashlib.sha256(parts["saturs.json"]).hexdigest() == submission.content_hash == index["contentHash"]
    hours, costs = _rows(parts["konsultacijas.csv"]), _rows(parts["kompensacijas.csv"])
    assert (tuple(hours[0]), tuple(costs[0])) == (HOURS, COSTS)
    assert [row["date"] for row in hours] == ["2023-09-11", "2023-09-13"]
    assert {row["sheet"] for row in hours} != {""}
    assert [(row["kind"], row["amount"]) for row in costs] == [("CATERING", "31.50")] * 2
    assert all(len(row["proof_sha256"]) == 64 for row in costs)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(parts["kopsavilkums.pdf"])).pages)
    assert "63,00 EUR" in text
    assert "2023. gada septembris" in text


def test_the_same_bytes_whoever_asks_and_whenever(office: Office) -> None:
    submission = submitted(office)
    first = fetch(office, "office", _path(submission)).content
    office.till.claim()  # a cost of the month that was claimed after it was submitted
    assert {fetch(office, app, _path(submission)).content for app in ("municipal-system", "agency", "register")} == {first}


def test_it_says_no_name_of_a_learner_and_no_topic(office: Office) -> None:
    submission = submitted(office)
    with whole_state():
        learner = Consultation.objects.filter(institution=office.desk.school, held_on__month=9).first().learner  # type: ignore[union-attr]
    content = fetch(office, "office", _path(submission)).content
    told = b"".join(_open(content).values())
    for text in (learner.given_name, learner.family_name, "Daļskaitļi"):
        assert text.encode() not in told
    pages = " ".join(
        page.extract_text()
        for name, part in _open(content).items()
        if name.endswith(".pdf")
        for page in PdfReader(io.BytesIO(part)).pages
    )
    assert learner.family_name not in pages


def test_each_learner_in_it_is_noted_as_taken_out(office: Office) -> None:
    submission = submitted(office)
    fetch(office, "agency", _path(submission))
    with whole_state(), connection.cursor() as cursor:
        cursor.execute(
            "select kind, role, channel, classes, count(distinct learner_id) from trail.read_entry"
            " where object_type = %s and object_id = %s group by 1, 2, 3, 4",
            [MonthSubmission.tag, submission.pk],
        )
        assert cursor.fetchall() == [("EXPORT", "ikvd", "document", ["personal"], 2)]


@pytest.mark.parametrize(("app", "status"), [("journal", 200), ("region", 200), ("other-school", 404)])
def test_who_reads_hours_and_costs_is_handed_it(office: Office, app: str, status: int) -> None:
    assert fetch(office, app, _path(submitted(office))).status_code == status


def test_a_narrow_token_and_a_reopened_month_get_nothing(office: Office) -> None:
    submission = submitted(office)
    for scope in ("money.read", "delivery.read"):
        narrow = {"authorization": f"Bearer {office.token('agency', without=scope)}"}
        assert fetch(office, "agency", _path(submission), **narrow).status_code == 404
    month_of(office).reopen(submission)
    assert fetch(office, "agency", _path(submission)).status_code == 404


HOSTILE = ["../../etc/passwd", '=HYPERLINK("http://x","y")', "C:\\x\\con", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\uff1d1+1"]


def test_texts_that_try_to_be_something_else_are_only_texts(office: Office) -> None:
    """Names that are paths, formulas, markup: the package's own names stay plain, and no cell is reckoned."""
    month, taken = month_of(office), []
    for text in [*HOSTILE, *NAUGHTY]:
        problems = Problems()
        inputs.line(problems, text, "seller", longest=200)
        taken += [] if problems else [text]
    assert len(taken) > len(NAUGHTY) / 2, "what our texts may hold at all"
    measure = office.till.catering(planned="3000.00")
    for first in range(0, len(taken), 50):
        costs = [office.till.cost("0.01", seller=text, description=text) for text in taken[first : first + 50]]
        office.till.claim(measure, *costs)
    submission = month.submit(month=SEPTEMBER)
    parts = _open(fetch(office, "agency", _path(submission)).content)
    rows = _rows(parts["kompensacijas.csv"])
    assert len(rows) == len(taken)
    for row in rows:
        assert not any(safe_cell(cell) != cell for cell in row.values()), row
    with whole_state():
        stored = set(ClaimItem.objects.filter(claim__period=SEPTEMBER).values_list("seller", flat=True))
    assert {row["seller"] for row in rows} == {safe_cell(text) for text in stored}


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\x\\con", "=1+1", "\u202egnp.exe", "Ģirts <b>&", "名前"])
def test_a_specialists_name_never_becomes_a_path_or_a_formula(office: Office, name: str) -> None:
    submission = submitted(office)
    User.objects.filter(pk=office.desk.provider.pk).update(first_name="", last_name=name)
    parts = _open(fetch(office, "agency", _path(submission)).content)
    for part in parts:
        assert all(sign.isascii() and (sign.isalnum() or sign in "-./") for sign in part), part
        assert part.count("/") == part.startswith("dluv/")
        assert ".." not in part
    for row in _rows(parts["konsultacijas.csv"]):
        assert row["specialist"] == safe_cell(name)


def test_more_specialists_hours_and_costs_take_no_more_statements(office: Office) -> None:
    month, counts = month_of(office), []
    for first, people in ((SEPTEMBER, ["provider"]), (OCTOBER, ["provider", "second", "third"])):
        for nth, name in enumerate(people):
            if name not in month.people:
                month.people[name] = user_with(Role.SUPPORT_PROVIDER, Level.INSTITUTION, office.desk.school, username=name)
            month.counted(office.desk.measure(), *(first + dt.timedelta(days=day) for day in range(2, 4 + nth)), who=name)
        for name in people:
            sheet = month.sheet(who=name, month=first)
            month.approve("head", sheet)
            month.approve("coordinator", sheet)
        submission = month.submit(month=first)
        scope = office.desk.scope(office.till.payer)
        with scoped(scope), CaptureQueriesContext(connection) as seen:
            made = month_zip(scope=scope, submission_id=submission.pk)
        assert made is not None
        assert len([name for name in _open(made[1]) if name.startswith("dluv/")]) == len(people)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20

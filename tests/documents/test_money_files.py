"""The file for the bank and the ledger as CSV, at their addresses."""

from __future__ import annotations

import csv
import hashlib
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sepaxml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from xmlschema import XMLSchema

from backend.cases.reimbursements.ledger_file import HEADINGS
from backend.registry.models import PartnerAccount
from backend.territory.models import Institution
from tests.documents.month_of_maple import fetch
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender

pytestmark = pytest.mark.django_db
SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"


def _read(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


# -- the bank --------------------------------------------------------------------------------------------------------------
def test_the_file_is_valid_and_the_one_that_was_hashed(office: Office, send: Sender) -> None:
    office.till.batch(office.till.approved())
    asked = send.ask("agency", "{ paymentBatches(first: 1) { edges { node { filePath fileHash } } } }")
    node = asked.data["paymentBatches"]["edges"][0]["node"]
    answer = fetch(office, "agency", node["filePath"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    XMLSchema(str(SCHEMA)).validate(answer.content.decode())
    assert hashlib.sha256(answer.content).hexdigest() == node["fileHash"]
    assert b"Madonas novada pasvaldiba" in answer.content


def test_a_file_that_would_differ_from_what_the_bank_got_is_given_to_nobody(office: Office) -> None:
    batch = office.till.batch(office.till.approved())
    with whole_state():
        PartnerAccount.objects.filter(pk=batch.account_id).update(holder="Cits saņēmējs")
    answer = fetch(office, "agency", f"/documents/payment-batch/{batch.public_id}.xml", **{"accept-language": "en"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "CONFLICT"


@pytest.mark.parametrize(("app", "status"), [("municipal-system", 200), ("other-school", 404)])
def test_who_reads_the_payment_is_handed_its_file(office: Office, app: str, status: int) -> None:
    batch = office.till.batch(office.till.approved())
    path = f"/documents/payment-batch/{batch.public_id}.xml"
    assert fetch(office, app, path).status_code == status
    assert fetch(office, app, path.replace(".xml", ".pdf")).status_code == 404


# -- the ledger ------------------------------------------------------------------------------------------------------------
def test_the_ledger_of_a_school_of_a_partner_and_of_all(office: Office) -> None:
    till = office.till
    till.pay(till.batch(till.approved()))
    of_school, of_partner = (f"/documents/ledger/{row.public_id}.csv" for row in (office.desk.school, till.agreement))
    answer = fetch(office, "agency", of_school)
    assert answer["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    head, *rows = _read(answer)
    assert (head, len(rows)) == (list(HEADINGS), 5)
    assert sum(Decimal(row[9]) for row in rows) == sum(Decimal(row[10]) for row in rows) == Decimal("63.00")
    assert _read(fetch(office, "municipal-system", of_partner)) == [head, *rows]
    assert _read(fetch(office, "journal", "/documents/ledger/all.csv")) == [head, *rows]
    assert _read(fetch(office, "other-school", "/documents/ledger/all.csv")) == [head]


def test_days_limit_it_and_what_is_no_day_is_told(office: Office) -> None:
    office.till.approved()
    path = "/documents/ledger/all.csv"
    assert len(_read(fetch(office, "agency", f"{path}?from=2023-10-16&to=2023-10-16"))) == 3
    assert len(_read(fetch(office, "agency", f"{path}?to=2023-10-15"))) == 1
    answer = fetch(office, "agency", f"{path}?from=yesterday")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "from")


def test_what_is_not_yours_and_what_is_not_there_answer_alike(office: Office) -> None:
    other = Institution.objects.get(code="LINDEN")
    for app, name in (
        ("journal", other.public_id),
        ("agency", f"inst_{'f' * 32}"),
        ("agency", "nothing"),
        ("agency", office.desk.learner.public_id),
    ):
        assert fetch(office, app, f"/documents/ledger/{name}.csv").status_code == 404
    assert Client().get("/documents/ledger/all.csv").status_code == 401
    narrow = {"authorization": f"Bearer {office.token('agency', without='money.read')}"}
    assert fetch(office, "agency", "/documents/ledger/all.csv", **narrow).status_code == 404


def test_it_is_read_once_and_handed_over_without_the_database(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than stays in memory: who fetches it slowly holds no connection."""
    monkeypatch.setattr("backend.documents.ledger._IN_MEMORY", 200)
    for _ in range(3):
        office.till.approved()
    with CaptureQueriesContext(connection) as seen:
        answer = fetch(office, "agency", "/documents/ledger/all.csv")
    assert len([entry for entry in seen if "reimbursements_ledgerposting" in entry["sql"]]) == 1
    assert answer.streaming
    with CaptureQueriesContext(connection) as fetching:
        assert len(_read(answer)) == 7
    assert len(fetching) == 0

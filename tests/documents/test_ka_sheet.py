"""The consultation sheet as a PDF: what it says, who is handed it, and that nothing in it runs."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pypdf import PdfReader

from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender


def _sheet(office: Office, send: Sender, topic: str) -> str:
    measure = office.desk.measure()
    entry = {"measureId": measure.public_id, "heldOn": "2023-10-02", "startsAt": "14:00:00", "topic": topic}
    entries = {"entries": [entry | {"providerId": office.desk.provider.public_id}]}
    made = send("journal", "recordConsultations", entries, selection="consultations { id }")
    assert made["errors"] == []
    given = {"measureId": measure.public_id, "providerId": office.desk.provider.public_id, "signedOn": "2023-10-02"}
    payload = send("journal", "recordConsultationSheet", given, selection="consultationSheet { documentPath }")
    assert payload["errors"] == []
    path: str = payload["consultationSheet"]["documentPath"]
    return path


def _fetch(send: Sender, app: str, path: str) -> Any:
    return Client().get(path, headers={"authorization": f"Bearer {send.token(app)}"})


def test_it_says_what_was_recorded_and_runs_nothing(office: Office, send: Sender) -> None:
    path = _sheet(office, send, "Daļskaitļi #sys.version *x* <b>")
    answer = _fetch(send, "journal", path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    reader = PdfReader(io.BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "Daļskaitļi #sys.version *x* <b>" in text
    assert "02.10.2023." in text
    assert reader.trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]
    with whole_state(), connection.cursor() as cursor:
        cursor.execute("select role, channel, classes from trail.read_entry where object_type = 'ka' and channel = 'document'")
        assert cursor.fetchall() == [("plan_author", "document", ["personal", "special"])]


@pytest.mark.parametrize(
    ("app", "status"), [("office", 200), ("other-school", 404), ("municipal-system", 404), ("register", 404)]
)
def test_only_who_reads_all_of_it_is_handed_it(office: Office, send: Sender, app: str, status: int) -> None:
    path = _sheet(office, send, "Saruna")
    assert _fetch(send, app, path).status_code == status
    assert _fetch(send, app, path.replace("ka_", "ka_0")).status_code == 404

"""What delivery and money say besides columns: files, orders, shares, and what stands against an approval."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Level, Role
from backend.cases.delivery.derivation import derive_month
from backend.cases.delivery.models import Consultation
from backend.registry.models import Position, StaffContract
from backend.territory.models import FundingRule
from tests.cases.delivery.month import SEPTEMBER
from tests.documents.month_of_maple import month_of
from tests.factories.case_rows import StaffContractFactory
from tests.factories.rows import ConsultationFactory, user_with, whole_state
from tests.mutations.office import Office, Sender

pytestmark = pytest.mark.django_db
SHEETS = '{ timesheets(first: 100, filters: {month: "2023-09-01"}) { edges { node { id unmetConditions { code message } } } } }'
HELD = (dt.date(2023, 9, 11), dt.date(2023, 9, 13))
APPS = ("office", "municipal-system", "journal", "agency")


def _unmet(send: Sender, app: str, *, language: str = "en") -> list[tuple[str, str]]:
    (edge,) = send.post(app, {"query": SHEETS}, language=language).data["timesheets"]["edges"]
    return [(each["code"], each["message"]) for each in edge["node"]["unmetConditions"]]


def test_what_stands_against_an_approval_is_what_the_command_says(office: Office, send: Sender) -> None:
    """Step by step, for who decides, for who does not, and for who comes too early or too late."""
    month, seen = month_of(office), set()
    month.counted(office.desk.measure(), *HELD)
    (waiting,) = month.record(office.desk.measure(), dt.date(2023, 9, 14))
    sheet = month.sheet(month=SEPTEMBER)
    with whole_state():
        contract = StaffContractFactory(
            user=office.desk.provider, institution=office.desk.school, position=Position.objects.get(code="psihologs")
        )

    def compare() -> dict[str, int]:
        told = {app: _unmet(send, app) for app in APPS}
        for app, conditions in told.items():
            if conditions:
                errors = send(app, "approveTimesheet", {"timesheetId": sheet.public_id})["errors"]
                assert [(error["code"], error["message"]) for error in errors] == conditions, app
                seen.update(code for code, _message in conditions)
        return {app: len(conditions) for app, conditions in told.items()}

    assert compare() == {"office": 2, "municipal-system": 1, "journal": 1, "agency": 1}
    assert "apstiprinājuma" in _unmet(send, "office", language="lv")[0][1]
    month.confirm_both(waiting)
    with whole_state():
        StaffContract.objects.filter(pk=contract.pk).delete()
    assert compare()["office"] == 0, "the head can approve"
    month.approve("head", sheet)
    assert compare() == {"office": 1, "municipal-system": 0, "journal": 1, "agency": 1}
    month.approve("coordinator", sheet)
    compare()
    month.submit(month=SEPTEMBER)
    compare()
    assert seen == {"UNMET_CONDITION", "NOT_ALLOWED", "DUPLICATE", "LOCKED"}


def test_twenty_timesheets_take_no_more_statements_than_one(office: Office, send: Sender) -> None:
    month, counts = month_of(office), []
    month.counted(office.desk.measure(), HELD[0])
    for number in (0, 20):
        for nth in range(number):
            person = user_with(Role.SUPPORT_PROVIDER, Level.INSTITUTION, office.desk.school, username=f"p{nth}")
            measure = office.desk.measure()
            with whole_state():
                ConsultationFactory(measure=measure, provider=person, held_on=HELD[1])
        if number:
            with whole_state():
                derive_month(institution_id=office.desk.school.pk, month=SEPTEMBER, actor_id=None)
        send.ask("office", "{ viewer { appName } }")  # the caller has been met
        with CaptureQueriesContext(connection) as statements:
            reply = send.ask("office", SHEETS)
        assert len(reply.data["timesheets"]["edges"]) == number + 1
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_payments_total_by_source(office: Office, send: Sender) -> None:
    """As it is booked when it is paid, rounded once; in Madona's own program and on the day's rule."""
    till = office.till
    batch = till.batch(till.approved("31.50"), till.approved("0.01"))
    query = "{ paymentBatches(first: 1) { edges { node { total shares { fundingSource { code } amount } } } } }"
    node = send.ask("agency", query).data["paymentBatches"]["edges"][0]["node"]
    assert node["total"] == "31.51"
    assert node["shares"] == [
        {"fundingSource": {"code": "ESF"}, "amount": "26.78"},
        {"fundingSource": {"code": "STATE"}, "amount": "4.73"},
    ]
    till.pay(batch)
    assert till.balance("1900", funding_source__code="ESF") == -Decimal("26.78")
    FundingRule.objects.update(valid_to=dt.date(2023, 8, 31))
    assert send.ask("agency", query).data["paymentBatches"]["edges"][0]["node"]["shares"] == []


def test_papers_behind_hours_and_costs(office: Office, send: Sender) -> None:
    month = month_of(office)
    month.counted(office.desk.measure(), HELD[0])
    office.till.claim()
    query = (
        '{ consultations(first: 5, filters: {confirmed: true, heldFrom: "2023-09-01"}) { edges { node {'
        " confirmationFile { purpose path } remoteOrder { number file { id } } } } }"
        " reimbursementClaims(first: 5) { edges { node { items(first: 1) { edges { node { proof { purpose sha256 } } } } } } } }"
    )
    told = send.ask("journal", query).data
    (hour,) = [edge["node"] for edge in told["consultations"]["edges"]]
    with whole_state():
        file = Consultation.objects.get(held_on=HELD[0], institution=office.desk.school).confirmation_file
    assert file is not None
    assert hour["confirmationFile"] == {"purpose": "SIGNED_SHEET", "path": f"/files/{file.public_id}/"}
    assert hour["remoteOrder"] is None
    proofs = [item["node"]["proof"] for edge in told["reimbursementClaims"]["edges"] for item in edge["node"]["items"]["edges"]]
    assert {proof["purpose"] for proof in proofs if proof} == {"COST_PROOF"}
    narrow = Sender(office)
    narrow.tokens["journal"] = office.token("journal", without="files")
    reply = narrow.post("journal", {"query": query})
    assert {error["extensions"]["code"] for error in reply.body["errors"]} == {"FORBIDDEN"}, "a token without `files` sees none"

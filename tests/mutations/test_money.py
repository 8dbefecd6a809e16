"""Money over the API: the whole way of a meal, texts that come back unharmed, who may do what, and what lists cost."""

from __future__ import annotations

import datetime as dt
import string
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.scope import scoped
from backend.cases.reimbursements import ledger
from backend.cases.reimbursements.ledger import Event
from backend.cases.reimbursements.models import EntryKind, PaymentBatch, PaymentItem, ReimbursementClaim
from backend.cases.reimbursements.selectors import payment_message
from backend.core.text import has_unseen_signs, nfc
from backend.registry.models import PartnerAccount
from tests.factories.rows import STATE, whole_state
from tests.mutations.office import Office, Sender, codes, document
from tests.mutations.samples import SAMPLES
from tests.naughty import SOME_NAUGHTY

MONEY = [name for name in SAMPLES if "eimburse" in name or "ayment" in name]
LEDGER = """{ ledger(first: 100) { edges { node { kind claim { id } agreement { number } institution { code }
  postings(first: 5) { edges { node { account { code } debit credit fundingSource { code } } } } } } } }"""


def test_from_the_claim_to_the_paid_meal(send: Sender, office: Office) -> None:
    given = SAMPLES["claimReimbursement"].make(office)
    shown = "reimbursementClaim { id amount status approvalsNeeded items(first: 5) { edges { node { amount units } } } }"
    claim = send("journal", "claimReimbursement", given, selection=shown)["reimbursementClaim"]
    assert (claim["amount"], claim["status"], claim["approvalsNeeded"]) == ("31.50", "CLAIMED", 1)
    assert claim["items"]["edges"] == [{"node": {"amount": "31.50", "units": "10.000"}}]
    approved = send(
        "office",
        "approveReimbursement",
        {"claimId": claim["id"], "expectedVersion": 1},
        selection="reimbursementClaim { status version decisions(first: 2) { edges { node { verdict } } } }",
    )["reimbursementClaim"]
    assert approved == {"status": "APPROVED", "version": 2, "decisions": {"edges": [{"node": {"verdict": "APPROVED"}}]}}
    batch = send(
        "agency",
        "createPaymentBatch",
        {"agreementId": office.till.agreement.public_id, "month": "2023-09-01", "claimIds": [claim["id"]]},
        selection="paymentBatch { id total status messageId fileHash items(first: 5) { edges { node { amount status } } } }",
    )["paymentBatch"]
    assert (batch["total"], batch["status"], len(batch["fileHash"])) == ("31.50", "PREPARED", 64)
    paid = send(
        "agency",
        "markPaymentBatchPaid",
        {"paymentBatchId": batch["id"], "paidAt": "2023-10-18T09:00:00+03:00", "bankReference": "FT-1"},
        selection="paymentBatch { status paidAt bankReference items(first: 5) { edges { node { claim { status paidAt } } } } }",
    )["paymentBatch"]
    assert (paid["status"], paid["bankReference"]) == ("PAID", "FT-1")
    assert paid["items"]["edges"][0]["node"]["claim"]["status"] == "PAID"
    report = """query($s: String) { semesterReport(institutionCode: "MAPLE", semesterCode: $s) {
      reimbursements { kind learners amount } } }"""
    told = send.ask("office", report, s="2023/2024-1").data["semesterReport"]["reimbursements"]
    assert told == [{"kind": "CATERING", "learners": 1, "amount": "31.50"}]
    entries = [edge["node"] for edge in send.ask("agency", LEDGER).data["ledger"]["edges"]]
    own = {node["kind"]: node for node in entries if node["claim"] and node["claim"]["id"] == claim["id"]}
    assert set(own) == {"CLAIM_APPROVED", "PAYMENT"}
    sides = [edge["node"] for edge in own["PAYMENT"]["postings"]["edges"]]
    assert [(side["account"]["code"], side["credit"], side["fundingSource"]) for side in sides] == [
        ("2100", "0.00", None),
        ("1900", "26.77", {"code": "ESF"}),
        ("1900", "4.73", {"code": "STATE"}),
    ]


def test_a_cost_claimed_elsewhere_is_told_as_a_duplicate_alone(send: Sender, office: Office) -> None:
    given = SAMPLES["claimReimbursement"].make(office)
    assert send("journal", "claimReimbursement", given)["errors"] == []
    again = send("journal", "claimReimbursement", given)
    assert codes(again) == {"items": "DUPLICATE"}


def test_hostile_texts_come_back_unharmed(send: Sender, office: Office) -> None:
    """Through every text of a claim and its decision, as they are stored: NFC, without outer white space."""
    measure, proof = office.till.catering(planned="9000"), office.till.proof()
    tried = 0
    for place, text in enumerate(SOME_NAUGHTY):
        line = nfc(text)
        if not line or len(line) > 90 or has_unseen_signs(line):
            continue
        tried += 1
        if tried > 25:
            break
        cost = {"incurredOn": "2023-09-14", "amount": "0.01", "documentNumber": f"{line} {place}", "seller": line}
        given = {
            "measureId": measure.public_id,
            "period": "2023-09-01",
            "items": [cost | {"description": line, "proofId": proof.public_id}],
            "basisNote": line,
        }
        shown = "reimbursementClaim { id basisNote items(first: 1) { edges { node { seller description documentNumber } } } }"
        claim = send("journal", "claimReimbursement", given, selection=shown)["reimbursementClaim"]
        (item,) = (edge["node"] for edge in claim["items"]["edges"])
        assert item == {"seller": line, "description": line, "documentNumber": f"{line} {place}"}
        assert claim["basisNote"] == line
        decided = send(
            "office",
            "rejectReimbursement",
            {"claimId": claim["id"], "reason": text},
            selection="reimbursementClaim { decisions(first: 1) { edges { node { reason } } } }",
        )
        assert decided["reimbursementClaim"]["decisions"]["edges"][0]["node"]["reason"] == line.replace("\r", "\n")
    assert tried > 20


SEPA = set(string.ascii_letters + string.digits + "/-?:().,'+ ")
"""Signs that a bank takes as they are."""


def test_a_hostile_partner_does_not_break_the_message(send: Sender, office: Office) -> None:
    for text in SOME_NAUGHTY[::6]:
        if "\x00" in text or not text.strip():
            continue
        with whole_state():
            PartnerAccount.objects.filter(agreement=office.till.agreement).update(holder=text[:140])
        office.till.approved("0.01")
        made = send("agency", "createPaymentBatch", {"agreementId": office.till.agreement.public_id, "month": "2023-09-01"})
        assert made["errors"] == [], text
        with scoped(STATE):
            batch = PaymentBatch.objects.latest("created_at")
            message = payment_message(scope=STATE, batch_id=batch.pk)
        assert message is not None
        assert message.sha256 == batch.file_sha256
        assert text not in message.content.decode() or set(text) <= SEPA


# -- who may -----------------------------------------------------------------------------------------------------------------
MATRIX = {
    "claimReimbursement": {"office": "", "agency": "NOT_ALLOWED", "other-school": "NOT_FOUND"},
    "approveReimbursement": {"journal": "NOT_ALLOWED", "other-school": "NOT_FOUND", "agency": ""},
    "rejectReimbursement": {"journal": "NOT_ALLOWED", "other-school": "NOT_FOUND", "agency": ""},
    "reverseReimbursement": {"journal": "NOT_ALLOWED", "other-school": "NOT_FOUND", "agency": ""},
    "createPaymentBatch": {"journal": "NOT_ALLOWED", "office": "NOT_ALLOWED", "other-school": "NOT_ALLOWED"},
    "releasePaymentBatch": {"journal": "NOT_FOUND", "office": "NOT_FOUND", "other-school": "NOT_FOUND"},
    "cancelPaymentBatch": {"journal": "NOT_FOUND", "office": "NOT_FOUND", "other-school": "NOT_FOUND"},
    "markPaymentBatchPaid": {"journal": "NOT_FOUND", "office": "NOT_FOUND", "other-school": "NOT_FOUND"},
    "markPaymentReturned": {"journal": "NOT_FOUND", "office": "NOT_FOUND", "other-school": "NOT_FOUND"},
}


def test_the_matrix_has_every_mutation_of_money() -> None:
    assert set(MATRIX) == set(MONEY)


@pytest.mark.parametrize("name", MONEY)
def test_who_may(send: Sender, office: Office, name: str) -> None:
    """Every other app is refused, or succeeds where the matrix says so; a reading app lacks the token's scope."""
    given = SAMPLES[name].make(office)
    for app, expected in sorted(MATRIX[name].items(), key=lambda pair: not pair[1]):
        found = set(codes(send(app, name, given)).values())
        assert found == ({expected} if expected else set()), (app, found)
    reply = send.post("register", {"query": document(name), "variables": {"input": given}})
    assert reply.codes == ["FORBIDDEN"], "who only reads has no token that writes"


# -- what lists cost -----------------------------------------------------------------------------------------------------------
def _hundred(office: Office) -> None:
    """A hundred claims, each booked, and a hundred payments."""
    till = office.till
    measure = till.catering(planned="9000")
    with whole_state():
        account = PartnerAccount.objects.get(agreement=till.agreement)
        claims = ReimbursementClaim.objects.bulk_create(
            ReimbursementClaim(
                measure=measure,
                learner_id=measure.learner_id,
                institution_id=measure.institution_id,
                kind="CATERING",
                period=dt.date(2023, 9, 1),
                amount=Decimal(1),
                status="APPROVED",
                decided_at=dt.datetime(2023, 10, 2, tzinfo=dt.UTC),
            )
            for _ in range(100)
        )
        ledger.book(
            Event(
                kind=EntryKind.CLAIM_APPROVED,
                institution_id=claim.institution_id,
                agreement_id=till.agreement.pk,
                booked_on=dt.date(2023, 10, 2),
                sides=ledger.cost_of(claim.amount),
                claim_id=claim.pk,
            )
            for claim in claims
        )
        batches = PaymentBatch.objects.bulk_create(
            PaymentBatch(
                agreement=till.agreement,
                account=account,
                month=dt.date(2023, 9, 1),
                sequence=place,
                message_id=f"M-{place}",
                total=Decimal(1),
            )
            for place in range(1, 101)
        )
        PaymentItem.objects.bulk_create(
            PaymentItem(batch=batch, institution_id=claim.institution_id, claim=claim, amount=claim.amount)
            for batch, claim in zip(batches, claims, strict=True)
        )


@pytest.mark.parametrize(
    "query",
    [
        "{reimbursementClaims(first: 100){totalCount edges{node{id kind period amount status approvalsNeeded}}}}",
        "{paymentBatches(first: 100){totalCount edges{node{id month total status messageId bankReference}}}}",
        "{ledger(first: 100){totalCount edges{node{id kind bookedOn}}}}",
    ],
    ids=["claims", "payments", "ledger"],
)
def test_a_list_of_100_takes_six_statements(send: Sender, office: Office, query: str) -> None:
    _hundred(office)
    first: Any = send.ask("office", query)
    (answer,) = first.data.values()
    assert len(answer["edges"]) == 100
    assert answer["totalCount"] >= 100
    with CaptureQueriesContext(connection) as queries:
        send.ask("office", query)
    *statements, leaving = [entry["sql"] for entry in queries if "SAVEPOINT" not in entry["sql"]]
    assert len(statements) <= 6, statements
    assert "set_config" in leaving

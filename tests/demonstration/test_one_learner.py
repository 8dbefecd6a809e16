"""From the signed application to the paid meal over the API, and the same figures to the cent wherever they stand.

The commands of `docs/integrator/from-application-to-payment.md` walk the same way (`tests/docs`).
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import sepaxml
from xmlschema import XMLSchema

from tests.demonstration.one_learner import MONTH, SEMESTER, Books, Json, Platform, Report, real_now
from tests.standing import Standing

SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
MEALS = Decimal("31.50")
ESF, STATE = Decimal("26.77"), Decimal("4.73")
"""85 % rounded down to the cent, and the rest."""


@dataclass(frozen=True)
class Chain:
    """Which app takes which step for a school. `municipal` is empty for a state institution: it coordinates itself."""

    school: str
    partner: str
    """Filter by which its agreement is found."""
    writes: str
    decides: str
    municipal: str
    programme: str
    stage: int
    codes: str
    """Who issues one-time codes; empty where the signed sheet is scanned."""

    @property
    def coordinates(self) -> str:
        """Who approves timesheets after the head, and submits the month."""
        return self.municipal or self.decides


CHAINS = {
    "a municipality's school": Chain(
        "EX-MADONA-1",
        '{municipalityCode: "LV-059"}',
        "school-journal",
        "school-office",
        "municipal-system",
        "GENERAL",
        8,
        codes="school-office",
    ),
    "the seed school": Chain(
        "RTRIT", '{institutionCode: "RTRIT"}', "vocational-school", "vocational-office", "", "VOCATIONAL", 2, codes=""
    ),
}


@dataclass
class Walk:
    """The steps, in their order; each leaves what the next one names."""

    platform: Platform
    chain: Chain

    def register(self) -> str:
        name = "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:10]).capitalize()
        given = {
            "institutionCode": self.chain.school,
            "givenName": name,
            "familyName": "Paraudziņa",
            "birthDate": "2008-02-29",
            "noCodeReason": "Kods vēl nav piešķirts",
        }
        learner: str = self.platform.do(self.chain.writes, "registerLearner", given, "learner { id }")["id"]
        enrolment = {
            "learnerId": learner,
            "institutionCode": self.chain.school,
            "programmeKind": self.chain.programme,
            "stage": self.chain.stage,
            "startsOn": "2023-09-01",
        }
        assert self.platform.do(self.chain.writes, "enrolLearner", enrolment, "enrolment { stage }") == {
            "stage": self.chain.stage
        }
        return learner

    def plan(self, learner: str) -> str:
        """Drafted, and submitted once nothing is missing any more."""
        journal, do = self.chain.writes, self.platform.do
        where = {"learnerId": learner, "institutionCode": self.chain.school, "semesterCode": SEMESTER}
        plan: str = do(journal, "draftSupportPlan", where, "supportPlan { id }")["id"]
        assert self.platform.refused(journal, "submitSupportPlan", {"planId": plan}) == ["UNMET_CONDITION"] * 3
        scan = self.platform.upload(journal, "APPLICATION", institutionCode=self.chain.school, learnerId=learner)
        signed = {"signedOn": "2023-09-01", "receivedOn": "2023-09-04", "signerKind": "PARENT", "fileId": scan}
        do(journal, "recordApplication", where | signed, "application { id }")
        risks = [
            do(
                journal,
                "assessRisk",
                {"planId": plan, "riskFactorCode": code, "moment": "START", "level": level},
                "riskAssessment { id riskFactor { group } }",
            )
            for code, level in (("unexcused_absence", 3), ("low_motivation", 2))
        ]
        self.meals = do(
            journal,
            "planMeasure",
            {"planId": plan, "kindCode": "CATERING", "plannedAmount": "90.00", "riskId": risks[0]["id"]},
            "measure { id }",
        )["id"]
        self.hours = do(
            journal,
            "planMeasure",
            {"planId": plan, "kindCode": "TEACHER", "subject": "Matemātika", "plannedHours": 20, "riskId": risks[1]["id"]},
            "measure { id }",
        )["id"]
        assert do(journal, "submitSupportPlan", {"planId": plan}, "supportPlan { status }") == {"status": "SUBMITTED"}
        return plan

    def approve(self, plan: str) -> None:
        """By each in turn; who wrote it never, and nobody out of turn."""
        refused, do = self.platform.refused, self.platform.do
        assert refused(self.chain.writes, "approveSupportPlan", {"planId": plan}) == ["NOT_ALLOWED", "NOT_ALLOWED"]
        assert refused("state-register", "approveSupportPlan", {"planId": plan}) == ["NOT_ALLOWED"]
        assert "NOT_FOUND" in refused("other-school", "approveSupportPlan", {"planId": plan})
        steps = [(self.chain.decides, "APPROVED_BY_INSTITUTION")]
        steps += [(self.chain.municipal, "APPROVED_BY_MUNICIPALITY")] if self.chain.municipal else []
        for app, status in (*steps, ("state-register", "ACTIVE")):
            approved = do(app, "approveSupportPlan", {"planId": plan, "comment": "Labi."}, "supportPlan { status documentPath }")
            assert approved["status"] == status
        assert self.platform.fetch(self.chain.decides, approved["documentPath"]).startswith(b"%PDF-")

    def give_hours(self) -> None:
        """Three hours of September, confirmed by both sides, approved at both steps, submitted with their month."""
        do = self.platform.do
        entries = [
            {"measureId": self.hours, "heldOn": f"2023-09-1{day}", "startsAt": "15:00:00", "topic": "Daļskaitļi"}
            for day in (1, 2, 3)
        ]
        rows = do(self.chain.writes, "recordConsultations", {"entries": entries}, "consultations { id provider { id } }")
        named = {"consultationIds": [row["id"] for row in rows]}
        do(self.chain.writes, "confirmConsultation", named | {"side": "PROVIDER"}, "consultations { id }")
        do(self.chain.writes, "confirmConsultation", named | self._learners_word(named), "consultations { learnerConfirmedBy }")
        sheets = self.platform.ask(
            self.chain.decides,
            "query ($of: TimesheetFilter) { timesheets(first: 9, filters: $of) { edges { node { id hours status } } } }",
            of={"institutionCode": self.chain.school, "month": MONTH, "providerId": rows[0]["provider"]["id"]},
        )
        (sheet,) = [edge["node"] for edge in sheets["timesheets"]["edges"]]
        assert (sheet["hours"], sheet["status"]) == (3, "ENTERED")
        steps = ((self.chain.decides, "APPROVED_BY_INSTITUTION"), (self.chain.coordinates, "APPROVED_BY_COORDINATOR"))
        for app, status in steps:
            approved = do(app, "approveTimesheet", {"timesheetId": sheet["id"]}, "timesheet { status }")
            assert approved == {"status": status}
        month = {"institutionCode": self.chain.school, "month": MONTH}
        assert set(self.platform.refused(self.chain.coordinates, "submitMonth", month)) == {"UNMET_CONDITION"}
        held = 3 + self._clear_month()
        submitted = do(self.chain.coordinates, "submitMonth", month, "monthSubmission { hours documentPath }")
        assert submitted["hours"] == held
        assert self.platform.fetch(self.chain.coordinates, submitted["documentPath"]).startswith(b"PK")
        late = {"entries": [entries[0] | {"heldOn": "2023-09-14"}]}
        assert self.platform.refused(self.chain.writes, "recordConsultations", late) == ["LOCKED"]

    def _learners_word(self, named: Json) -> Json:
        """How the learner confirms: by a code that another issued, or on the sheet that was signed and scanned."""
        if self.chain.codes:
            assert self.platform.refused(self.chain.writes, "issueConfirmationCode", named)
            code = self.platform.do(self.chain.codes, "issueConfirmationCode", named, "code")
            return {"side": "LEARNER", "method": "ONE_TIME_CODE", "code": code}
        scan = self.platform.upload(self.chain.writes, "SIGNED_SHEET", institutionCode=self.chain.school)
        return {"side": "LEARNER", "method": "SIGNED_SHEET", "fileId": scan}

    def _clear_month(self) -> int:
        """What the demonstration left open in that month is done: hours without a confirmation, sheets that nobody approved.

        The hours on those sheets.
        """
        office, school = self.chain.decides, {"institutionCode": self.chain.school}
        open_hours = self.platform.ask(
            self.chain.writes,
            "query ($of: ConsultationFilter) { consultations(first: 100, filters: $of) { edges { node { id } } } }",
            of=school | {"heldFrom": MONTH, "heldTo": "2023-09-30", "confirmed": False},
        )
        for edge in open_hours["consultations"]["edges"]:
            struck = {"consultationId": edge["node"]["id"], "reason": "Nenotika"}
            self.platform.do(self.chain.codes or self.chain.writes, "correctConsultation", struck, "consultation { voidedAt }")
        sheets = self.platform.ask(
            office,
            "query ($of: TimesheetFilter) { timesheets(first: 100, filters: $of) { edges { node { id hours status } } } }",
            of=school | {"month": MONTH, "status": ["ENTERED"]},
        )
        found = [edge["node"] for edge in sheets["timesheets"]["edges"] if edge["node"]["hours"]]
        assert found, "the demonstration's own hours of the month"
        for sheet in found:
            for app in (office, self.chain.coordinates):
                self.platform.do(app, "approveTimesheet", {"timesheetId": sheet["id"]}, "timesheet { status }")
        return sum(sheet["hours"] for sheet in found)

    def claim(self) -> str:
        """Ten meals of September, with the bill."""
        proof = self.platform.upload(self.chain.writes, "COST_PROOF", institutionCode=self.chain.school)
        bill = {
            "incurredOn": "2023-09-29",
            "amount": str(MEALS),
            "units": "10",
            "documentNumber": uuid.uuid4().hex,
            "proofId": proof,
        }
        given = {"measureId": self.meals, "period": MONTH, "items": [bill]}
        claim = self.platform.do(self.chain.writes, "claimReimbursement", given, "reimbursementClaim { id amount status }")
        assert (claim["amount"], claim["status"]) == (str(MEALS), "CLAIMED")
        assert self.platform.refused(self.chain.writes, "claimReimbursement", given) == ["DUPLICATE"]
        decided = self.platform.do(
            self.chain.decides, "approveReimbursement", {"claimId": claim["id"]}, "reimbursementClaim { status }"
        )
        assert decided == {"status": "APPROVED"}
        return str(claim["id"])

    def pay(self, claim: str) -> Json:
        """The agency pays this claim: the bank's file, and that the bank paid."""
        do, register = self.platform.do, "state-register"
        agreements = self.platform.ask(
            register,
            f"{{ agreements(first: 5, filters: {self.chain.partner}) {{ edges {{ node {{ id municipality {{ code }} }} }} }} }}",
        )
        agreement = agreements["agreements"]["edges"][0]["node"]["id"]
        given = {"agreementId": agreement, "month": MONTH, "claimIds": [claim]}
        batch = do(register, "createPaymentBatch", given, "paymentBatch { id total status fileHash messageId account { iban } }")
        assert (batch["total"], batch["status"]) == (str(MEALS), "PREPARED")
        self._check_message(batch)
        assert do(register, "releasePaymentBatch", {"paymentBatchId": batch["id"]}, "paymentBatch { status }") == {
            "status": "SENT"
        }
        paid = {"paymentBatchId": batch["id"], "paidAt": real_now(), "bankReference": "FT-4711"}
        assert do(register, "markPaymentBatchPaid", paid, "paymentBatch { status }") == {"status": "PAID"}
        assert self.platform.refused(register, "markPaymentBatchPaid", paid) == ["CONFLICT"]
        return dict(batch)

    def _check_message(self, batch: Json) -> None:
        """pain.001: one transfer of the sum to the partner's account, byte by byte what the batch's hash says."""
        message = self.platform.fetch("state-register", f"/documents/payment-batch/{batch['id']}.xml")
        assert hashlib.sha256(message).hexdigest() == batch["fileHash"]
        XMLSchema(SCHEMA).validate(message.decode())
        root = ElementTree.fromstring(message)  # noqa: S314  (our own file)
        space = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
        assert root.tag == f"{space}Document"
        assert [node.text for node in root.iter(f"{space}InstdAmt")] == [str(MEALS)]
        assert [node.text for node in root.iter(f"{space}CtrlSum")] == [str(MEALS)] * 2
        assert next(root.iter(f"{space}MsgId")).text == batch["messageId"]
        assert [node.find(f"{space}Id/{space}IBAN").text for node in root.iter(f"{space}CdtrAcct")] == [batch["account"]["iban"]]  # type: ignore[union-attr]


def _listed(platform: Platform, chain: Chain, learner: str) -> Any:
    query = """query ($of: ReimbursementClaimFilter, $hours: ConsultationFilter) {
      reimbursementClaims(first: 9, filters: $of) { totalCount edges { node { id amount status kind } } }
      consultations(first: 9, filters: $hours) { totalCount } }"""
    answer = platform.ask(
        chain.decides,
        query,
        of={"institutionCode": chain.school, "learnerId": learner},
        hours={"institutionCode": chain.school, "learnerId": learner, "confirmed": True},
    )
    return [edge["node"] for edge in answer["reimbursementClaims"]["edges"]], answer["consultations"]["totalCount"]


@pytest.mark.parametrize("name", CHAINS)
def test_from_the_application_to_the_paid_meal(standing_alone: Standing, name: str) -> None:
    chain = CHAINS[name]
    platform = Platform(standing_alone)
    walk = Walk(platform, chain)
    before = Report.of(platform, chain.decides, chain.school)
    learner = walk.register()
    plan = walk.plan(learner)
    walk.approve(plan)
    walk.give_hours()
    claim = walk.claim()
    batch = walk.pay(claim)
    after = Report.of(platform, chain.decides, chain.school)

    def more(what: str, key: str, of: str, figure: str) -> Decimal:
        return after.count(what, key, of, figure) - before.count(what, key, of, figure)

    assert [after.figures[one] - before.figures[one] for one in ("plans", "learners")] == [1, 1]
    assert more("riskIdentifications", "group", "LEARNING_INSTITUTION", "identifications") == 2
    assert [more("measures", "kind", "TEACHER", one) for one in ("planned", "delivered")] == [1, 1]
    assert [more("measures", "kind", "CATERING", one) for one in ("planned", "delivered")] == [1, 1]
    assert [more("consultations", "role", "TEACHER", one) for one in ("hours", "learners")] == [3, 1]
    assert [more("reimbursements", "kind", "CATERING", one) for one in ("learners", "amount")] == [1, MEALS]
    assert after.figures["contentHash"] != before.figures["contentHash"]
    # The books: cost, nothing owed any more, paid from both sources.
    books = Books.of(platform, chain.decides, claim=claim, batch=batch["id"])
    assert sorted(books.kinds) == ["CLAIM_APPROVED", "PAYMENT"]
    assert {account: books.balance(account) for account in ("5100", "2100", "1900")} == {
        "5100": MEALS,
        "2100": Decimal(0),
        "1900": -MEALS,
    }
    assert [-books.balance("1900", source) for source in ("ESF", "STATE")] == [ESF, STATE]
    # The lists, as the school sees them; and the same report and books by the state's register.
    claims, hours = _listed(platform, chain, learner)
    assert claims == [{"id": claim, "amount": str(MEALS), "status": "PAID", "kind": "CATERING"}]
    assert hours == 3
    assert Report.of(platform, "state-register", chain.school).figures == after.figures
    assert Books.of(platform, "state-register", claim=claim, batch=batch["id"]) == books

"""Where each text that a mutation takes comes back, and what may be in it: written by hand, one line an input.

An input of text that stands neither here nor in `NAMING` nor in `FORMED` fails the build.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LINE, TEXT, NAME = "line", "text", "name"


@dataclass(frozen=True)
class Kept:
    """`at`: the way to the text from the answered object, `[]` into a list's first or only row; `longest` in signs.

    `reader`: the app that reads it, where who sends it may not (decision 0043).
    """

    at: str
    longest: int
    kind: str = LINE
    required: bool = False
    reader: str = ""


_STEP = "steps(last: 1)[].comment"

KEPT: dict[tuple[str, str], Kept] = {
    # -- registry
    ("signAgreement", "number"): Kept("number", 60, required=True),
    ("signAgreement", "accountHolder"): Kept("accounts(first: 1)[].holder", 140, required=True),
    ("reopenSemester", "reason"): Kept("closures(last: 1)[].reopenReason", 300, required=True),
    ("setTariff", "source"): Kept("source", 500),
    # -- learners
    ("registerLearner", "givenName"): Kept("givenName", 100, NAME, required=True),
    ("registerLearner", "familyName"): Kept("familyName", 100, NAME, required=True),
    ("registerLearner", "noCodeReason"): Kept("noCodeReason", 300, required=True),
    ("registerLearner", "guardian"): Kept("guardian", 300),
    ("registerLearner", "phone"): Kept("phone", 40),
    ("updateLearner", "givenName"): Kept("givenName", 100, NAME, required=True),
    ("updateLearner", "familyName"): Kept("familyName", 100, NAME, required=True),
    ("updateLearner", "noCodeReason"): Kept("noCodeReason", 300),
    ("updateLearner", "guardian"): Kept("guardian", 300),
    ("updateLearner", "phone"): Kept("phone", 40),
    ("enrolLearner", "educationProgramme"): Kept("educationProgramme", 200),
    ("decideDuplicate", "reason"): Kept("decisionReason", 2_000, TEXT, required=True),
    ("undoMerge", "reason"): Kept("undoReason", 2_000, TEXT, required=True),
    # -- plans
    ("assessRisk", "note"): Kept("note", 20_000, TEXT),
    ("planMeasure", "note"): Kept("note", 20_000, TEXT),
    ("planMeasure", "subject"): Kept("subject", 200),
    ("submitSupportPlan", "comment"): Kept(_STEP, 5_000, TEXT),
    ("approveSupportPlan", "comment"): Kept(_STEP, 5_000, TEXT),
    ("returnSupportPlan", "comment"): Kept(_STEP, 5_000, TEXT, required=True),
    ("closeSupportPlan", "comment"): Kept(_STEP, 5_000, TEXT),
    ("interruptSupportPlan", "comment"): Kept(_STEP, 5_000, TEXT, required=True),
    ("evaluateSupportPlan", "resultText"): Kept("resultText", 20_000, TEXT, required=True),
    ("evaluateSupportPlan", "outcomes.0.note"): Kept("outcomes(first: 1)[].note", 20_000, TEXT),
    ("evaluateSupportPlan", "endRisks.0.note"): Kept("risks(last: 1)[].note", 20_000, TEXT),
    # -- delivery
    ("recordConsultations", "entries.0.topic"): Kept("topic", 500, required=True),
    ("correctConsultation", "topic"): Kept("topic", 500, required=True),
    ("correctConsultation", "reason"): Kept("corrects.voidReason", 500, required=True),
    ("recordRemoteOrder", "number"): Kept("number", 60, required=True),
    ("recordRemoteOrder", "channels.0"): Kept("channels", 60, required=True),
    ("recordRemoteOrder", "confirmation"): Kept("confirmation", 300, required=True),
    ("approveTimesheet", "comment"): Kept(_STEP, 2_000, TEXT),
    ("withdrawTimesheetApproval", "reason"): Kept(_STEP, 2_000, TEXT, required=True),
    ("submitMonth", "comment"): Kept("timesheets(first: 1)[].steps(last: 1)[].comment", 2_000, TEXT, reader="office"),
    ("reopenMonth", "reason"): Kept("reopenReason", 2_000, TEXT, required=True),
    # -- money
    ("claimReimbursement", "basisNote"): Kept("basisNote", 300),
    ("claimReimbursement", "items.0.description"): Kept("items(first: 1)[].description", 300),
    ("claimReimbursement", "items.0.documentNumber"): Kept("items(first: 1)[].documentNumber", 100),
    ("claimReimbursement", "items.0.seller"): Kept("items(first: 1)[].seller", 200),
    ("approveReimbursement", "comment"): Kept("decisions(last: 1)[].reason", 2_000, TEXT),
    ("rejectReimbursement", "reason"): Kept("decisions(last: 1)[].reason", 2_000, TEXT, required=True),
    ("reverseReimbursement", "reason"): Kept("basisNote", 300, required=True),
    ("markPaymentBatchPaid", "bankReference"): Kept("bankReference", 35),
    ("markPaymentReturned", "reason"): Kept("items(first: 1)[].returnReason", 190),
}

NOTED: dict[tuple[str, str], Kept] = {
    # Reasons that stand in the trail alone, beside the change; here `at` is the changed table.
    ("leaveInstitution", "reason"): Kept("registry_institutionparticipation", 500),
    ("endAssignment", "reason"): Kept("accounts_assignment", 500),
    ("removeMeasure", "reason"): Kept("plans_measure", 2_000, TEXT),
}

_NAMING = """
institutionCode municipalityCode regionCode semesterCode kindCode riskFactorCode themeCode groundCode positionCode username role
"""
NAMING = frozenset(_NAMING.split())
"""What names a row of a list: one that is not there is refused."""

_FORMED = """
amount cap rate units plannedAmount iban bic email personalCode reasonCode code text remoteChannel contractNumber
"""
FORMED = frozenset(_FORMED.split())
"""What has a form of its own (an amount, a number with check digits, an address, a document), or a meaning only beside another
input: refused where it does not fit, and else nothing is done to it. Each has tests of its own."""

_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def expected(text: str, kept: Kept) -> tuple[str, str]:
    """The text as it must come back and no code, or the code with which it must be refused."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if kept.kind == TEXT else text
    plain = unicodedata.normalize("NFC", plain).strip()
    if not plain:
        return "", "REQUIRED" if kept.required else ""
    if len(plain) > kept.longest or unreadable(plain, lines=kept.kind == TEXT):
        return "", "INVALID"
    if kept.kind == NAME and not any(unicodedata.category(sign).startswith("L") for sign in plain):
        return "", "INVALID"
    return plain, ""


def unreadable(text: str, *, lines: bool) -> bool:
    """Control signs, signs that nobody assigned, halves of signs, and those that turn the direction of reading."""
    within = text.replace("\n", "").replace("\t", "") if lines else text
    return bool(_TURNING.search(within)) or any(unicodedata.category(sign) in {"Cc", "Cs", "Cn", "Co"} for sign in within)

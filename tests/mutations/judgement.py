"""Who may send which mutation about what, and what everybody else is told: written by hand, apart from the platform.

From domain.md 1.1 and 4 (who does what), contract.md (absent, malformed and "not yours" answer the same) and the decisions that
the entries name. A mutation without an entry fails the build.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# Rooms: L learners, P plans, D delivery, M money, R registry. What a role reads, and where it does work of its own.
READS = {
    "plan_author": "LPDMR",
    "support_provider": "LPDR",
    "institution_coordinator": "LPDMR",
    "institution_head": "LPDMR",
    "municipality_coordinator": "LPDMR",
    "vocational_coordinator": "LPDMR",
    "regional_coordinator": "LPDMR",
    "ikvd": "LPDMR",
    "auditor": "LPDMR",
    "researcher": "",
    "expert": "",
    "ngo": "",
    "team_member": "",
    "data_protection_officer": "R",  # 0120: who read a record is told by name
    "editor": "",
    "administrator": "",
}
WRITES = {
    "plan_author": "LPM",
    "support_provider": "D",
    "institution_coordinator": "LPDMR",
    "institution_head": "PDMR",
    "municipality_coordinator": "PDMR",
    "vocational_coordinator": "PDMR",
    "regional_coordinator": "DR",
    "ikvd": "PDMR",
}
LEVEL = {
    "plan_author": "INSTITUTION",
    "support_provider": "INSTITUTION",
    "institution_coordinator": "INSTITUTION",
    "institution_head": "INSTITUTION",
    "vocational_coordinator": "INSTITUTION",
    "team_member": "INSTITUTION",
    "municipality_coordinator": "MUNICIPALITY",
    "ngo": "MUNICIPALITY",
    "regional_coordinator": "REGION",
}
"""Where a role is held (domain.md 4); every other one is the whole state's."""

Told = tuple[str | None, str]
"""Path in the input (None: the whole) and code."""


@dataclass(frozen=True)
class Judgement:
    """`by`: who may, where their unit covers the place. `at`: where everybody else is told NOT_ALLOWED.

    `found`: who finds the row at `row` (where that is not `at`): `rP` who reads plans there, `wP` who writes them, `state`
    who writes money for the whole state; nobody else, who is told NOT_FOUND. Empty: it is public, everybody finds it.
    """

    by: str
    at: str | None
    found: str = ""
    row: str = ""
    place: str = "maple"
    """Whose unit covers it: maple, its municipality and region and the state; `madona`: from the municipality up; `state`."""
    told: dict[str, str] = field(default_factory=dict)
    """By role: another code at `at` than NOT_ALLOWED, for who takes another step of the same chain."""
    own: dict[str, str] = field(default_factory=dict)
    """By role: where one is told NOT_ALLOWED who may do so for the own hours alone; these are another's."""
    attached: dict[str, str] = field(default_factory=dict)
    """By role: where one is told UNMET_CONDITION whose role is held above the institution, for it must be held at it (domain.md
    4: "attached to the institution")."""

    def covers(self, level: str, *, own: bool) -> bool:
        """Whether a unit of that level, the own one or another, lies above the place."""
        if level == "STATE":
            return True
        within = {"maple": {"INSTITUTION", "MUNICIPALITY", "REGION"}, "madona": {"MUNICIPALITY", "REGION"}, "state": set()}
        return own and level in within[self.place]

    def finds(self, role: str, level: str, *, own: bool) -> bool:
        """Whether the caller finds the row at all."""
        if self.found == "state":
            return level == "STATE" and "M" in WRITES.get(role, "")
        if not self.found:
            return True
        rooms = (WRITES if self.found[0] == "w" else READS).get(role, "")
        return self.found[1] in rooms and self.covers(level, own=own)

    def expected(self, role: str, level: str, *, own: bool) -> Told | None:
        """What the caller is told; None: it is done."""
        if self.by == "everybody":
            return None
        if not self.finds(role, level, own=own):
            return (self.row or self.at, "NOT_FOUND")
        covered = self.covers(level, own=own)
        if covered and role in self.own:
            return (self.own[role], "NOT_ALLOWED")
        if covered and role in self.by.split():
            return (self.attached[role], "UNMET_CONDITION") if role in self.attached and level != "INSTITUTION" else None
        return (self.at, self.told.get(role, "NOT_ALLOWED") if covered else "NOT_ALLOWED")


_KEEPERS = "plan_author institution_coordinator"
_GIVERS = "support_provider institution_coordinator"
_PARTNERS = "ikvd regional_coordinator municipality_coordinator"
_DECIDERS = "institution_head municipality_coordinator vocational_coordinator ikvd"
_ATTACHING = "ikvd regional_coordinator municipality_coordinator vocational_coordinator institution_head institution_coordinator"

JUDGED: dict[str, Judgement] = {
    # -- registry (domain.md 4, 4.2; decisions 0104, 0105): the agency signs, the partner's side lets schools join and attaches
    "signAgreement": Judgement("ikvd", None, place="state"),
    "joinInstitution": Judgement(_PARTNERS, "institutionCode", place="madona"),
    "leaveInstitution": Judgement(_PARTNERS, "participationId", place="madona"),
    "assignStaff": Judgement(_ATTACHING, "role"),
    "endAssignment": Judgement(_ATTACHING, "assignmentId", found="rR"),
    "setTariff": Judgement("ikvd", None, place="state"),
    "setReferenceValue": Judgement("ikvd", None, place="state"),
    "closeSemester": Judgement("ikvd", "semesterCode", place="state"),
    "reopenSemester": Judgement("ikvd", "semesterCode", place="state"),
    # -- learners: who enters plans keeps the records with the coordinator, who alone decides on doubles (0102)
    "registerLearner": Judgement(_KEEPERS, "institutionCode"),
    "updateLearner": Judgement(_KEEPERS, "learnerId", found="wL"),
    "enrolLearner": Judgement(_KEEPERS, "institutionId", found="rL", row="learnerId"),
    "endEnrolment": Judgement(_KEEPERS, "enrolmentId", found="wL"),
    "decideDuplicate": Judgement("institution_coordinator", "duplicateCandidateId", found="wL"),
    "undoMerge": Judgement("institution_coordinator", "duplicateCandidateId", found="wL"),
    # -- plans (domain.md 1.1): authors write, the chain decides
    "draftSupportPlan": Judgement(
        "plan_author", "institutionCode", found="rL", row="learnerId", attached={"plan_author": "authorId"}
    ),
    "recordApplication": Judgement(_KEEPERS, "institutionCode", found="rL", row="learnerId"),
    "carryForwardSupportPlan": Judgement("plan_author", "fromPlanId", found="rP"),
    "assessRisk": Judgement("plan_author", "planId", found="wP"),
    "removeRisk": Judgement("plan_author", "riskId", found="wP"),
    "planMeasure": Judgement("plan_author", "planId", found="wP"),
    "removeMeasure": Judgement("plan_author", "measureId", found="wP"),
    "submitSupportPlan": Judgement("plan_author", "planId", found="wP"),
    "approveSupportPlan": Judgement("institution_head", "planId", found="wP"),
    "returnSupportPlan": Judgement("institution_head", "planId", found="wP"),
    "evaluateSupportPlan": Judgement("plan_author", "planId", found="wP"),
    "closeSupportPlan": Judgement("institution_head institution_coordinator", "planId", found="wP"),
    "interruptSupportPlan": Judgement("plan_author institution_head institution_coordinator", "planId", found="wP"),
    # -- delivery (domain.md 3.1, 4, 4.1): who gives hours, the coordinator for them; the head and the partner's coordinator
    "recordConsultations": Judgement(
        _GIVERS, "entries.0.measureId", found="rP", attached={"support_provider": "entries.0.providerId"}
    ),
    "confirmConsultation": Judgement(_GIVERS, "consultationIds.0", found="rD"),
    "correctConsultation": Judgement(
        "institution_coordinator", "consultationId", found="rD", own={"support_provider": "providerId"}
    ),
    "issueConfirmationCode": Judgement(_GIVERS, "consultationIds.0", found="rD"),
    "recordConsultationSheet": Judgement(_GIVERS, "measureId", found="rP", attached={"support_provider": "providerId"}),
    "recordRemoteOrder": Judgement("institution_head institution_coordinator", "institutionCode"),
    "approveTimesheet": Judgement(
        "institution_head", "timesheetId", found="rD", told={"municipality_coordinator": "UNMET_CONDITION"}
    ),
    "withdrawTimesheetApproval": Judgement(
        "institution_head", "timesheetId", found="rD", told={"municipality_coordinator": "UNMET_CONDITION"}
    ),
    "setPosition": Judgement("institution_head", "timesheetId", found="rD"),
    "submitMonth": Judgement("municipality_coordinator", "institutionCode"),
    "reopenMonth": Judgement("regional_coordinator", "monthSubmissionId", found="rD"),
    # -- money (decisions 0114-0117): claimed by the school, decided by the chain, paid by the agency
    "claimReimbursement": Judgement(_KEEPERS, "measureId", found="rP"),
    "approveReimbursement": Judgement(_DECIDERS, "claimId", found="wM"),
    "rejectReimbursement": Judgement(_DECIDERS, "claimId", found="wM"),
    "reverseReimbursement": Judgement(f"{_DECIDERS} institution_coordinator", "claimId", found="wM"),
    "createPaymentBatch": Judgement("ikvd", "agreementId"),
    "releasePaymentBatch": Judgement("ikvd", "paymentBatchId", found="state"),
    "cancelPaymentBatch": Judgement("ikvd", "paymentBatchId", found="state"),
    "markPaymentBatchPaid": Judgement("ikvd", "paymentBatchId", found="state"),
    "markPaymentReturned": Judgement("ikvd", "paymentBatchId", found="state"),
    # -- whoever has a token registers for the app (0055)
    "registerDocument": Judgement("everybody", None),
}

LATER: dict[str, tuple[str, Judgement]] = {
    # The later steps of the chains: by a name of its own, the mutation and who takes that step.
    "approve a plan that waits for the municipality": (
        "approveSupportPlan",
        Judgement("municipality_coordinator", "planId", found="wP"),
    ),
    "return a plan that waits for the municipality": (
        "returnSupportPlan",
        Judgement("municipality_coordinator", "planId", found="wP"),
    ),
    "approve a plan that waits for the agency": ("approveSupportPlan", Judgement("ikvd", "planId", found="wP")),
    "return a plan that waits for the agency": ("returnSupportPlan", Judgement("ikvd", "planId", found="wP")),
    "approve a timesheet that waits for the coordinator": (
        "approveTimesheet",
        Judgement("municipality_coordinator", "timesheetId", found="rD", told={"institution_head": "DUPLICATE"}),
    ),
    "withdraw the coordinator's approval of a timesheet": (
        "withdrawTimesheetApproval",
        Judgement("municipality_coordinator", "timesheetId", found="rD", told={"institution_head": "UNMET_CONDITION"}),
    ),
}

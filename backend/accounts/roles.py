"""What each role lets one read and write: areas of data by role, and acts (domain.md 4; the contract's list of roles).

A role without an entry reads only what is public and writes nothing. Areas decide rows (selectors and row security), acts
decide services (`backend.accounts.permissions`); an act lies in the area that its rows belong to.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from backend.accounts.models.assignment import Level, Role


class Area(StrEnum):
    """Areas of data that are opened one by one; each matches a read scope of a token."""

    REGISTRY = "registry.read"
    LEARNERS = "learners.read"
    PLANS = "plans.read"
    DELIVERY = "delivery.read"
    MONEY = "money.read"
    STATISTICS = "statistics.read"

    @property
    def room(self) -> str:
        """The area without its verb: `learners`. Names the settings that row security reads."""
        return self.value.split(".")[0]

    @property
    def writing(self) -> str:
        """The token scope that writing in the area needs."""
        return f"{self.room}.write"


class Act(StrEnum):
    """What a service does, by the name of the mutation that calls it."""

    SIGN_AGREEMENT = "signAgreement"
    JOIN_INSTITUTION = "joinInstitution"
    LEAVE_INSTITUTION = "leaveInstitution"
    SET_TARIFF = "setTariff"
    SET_REFERENCE_VALUE = "setReferenceValue"
    CLOSE_SEMESTER = "closeSemester"
    REOPEN_SEMESTER = "reopenSemester"
    REGISTER_LEARNER = "registerLearner"
    UPDATE_LEARNER = "updateLearner"
    ENROL_LEARNER = "enrolLearner"
    END_ENROLMENT = "endEnrolment"
    DECIDE_DUPLICATE = "decideDuplicate"
    UNDO_MERGE = "undoMerge"
    DRAFT_PLAN = "draftSupportPlan"
    PLAN_MEASURE = "planMeasure"
    RECORD_APPLICATION = "recordApplication"
    CARRY_PLAN_FORWARD = "carryForwardSupportPlan"
    ASSESS_RISK = "assessRisk"
    REMOVE_RISK = "removeRisk"
    REMOVE_MEASURE = "removeMeasure"
    SUBMIT_PLAN = "submitSupportPlan"
    EVALUATE_PLAN = "evaluateSupportPlan"
    CLOSE_PLAN = "closeSupportPlan"
    INTERRUPT_PLAN = "interruptSupportPlan"
    RECORD_CONSULTATIONS = "recordConsultations"
    CLAIM_REIMBURSEMENT = "claimReimbursement"
    DECIDE_REIMBURSEMENT = "approveReimbursement"
    REVERSE_REIMBURSEMENT = "reverseReimbursement"
    PAY = "createPaymentBatch"
    CONFIRM_CONSULTATION = "confirmConsultation"
    CORRECT_CONSULTATION = "correctConsultation"
    ISSUE_CONFIRMATION_CODE = "issueConfirmationCode"
    RECORD_CONSULTATION_SHEET = "recordConsultationSheet"
    RECORD_REMOTE_ORDER = "recordRemoteOrder"
    SET_POSITION = "setPosition"
    REOPEN_MONTH = "reopenMonth"


# Every scope a token can carry, described for the consent page and the integrator's guide.
TOKEN_SCOPES: dict[str, str] = {
    "registry.read": _("Read institutions, agreements, staff and reference lists"),
    "registry.write": _("Change agreements, staff and reference lists"),
    "learners.read": _("Read learners and their enrolments"),
    "learners.write": _("Register and change learners"),
    "plans.read": _("Read individual support plans"),
    "plans.write": _("Write individual support plans and decide on them"),
    "delivery.read": _("Read consultations and timesheets"),
    "delivery.write": _("Record consultations and decide on timesheets"),
    "money.read": _("Read claims, payments and the ledger"),
    "money.write": _("Claim, approve and pay"),
    "statistics.read": _("Read reports and statistics"),
    "files": _("Upload and fetch proofs"),
    "adhoc": _("Send queries that are not registered, under lower limits"),
    "introspect": _("Read the schema"),
}

_EVERYTHING = frozenset(Area)
_CASE = frozenset({Area.REGISTRY, Area.LEARNERS, Area.PLANS, Area.DELIVERY, Area.STATISTICS})

_READS: dict[str, frozenset[Area]] = {
    Role.PLAN_AUTHOR: _EVERYTHING,
    Role.SUPPORT_PROVIDER: _CASE,
    Role.INSTITUTION_COORDINATOR: _EVERYTHING,
    Role.INSTITUTION_HEAD: _EVERYTHING,
    Role.MUNICIPALITY_COORDINATOR: _EVERYTHING,
    Role.VOCATIONAL_COORDINATOR: _EVERYTHING,
    Role.REGIONAL_COORDINATOR: _EVERYTHING,
    Role.IKVD: _EVERYTHING,
    Role.AUDITOR: _EVERYTHING,
    Role.RESEARCHER: frozenset({Area.STATISTICS}),
    # Who read a record is told by name and institution (docs/decisions/0120-who-sees-who-read.md).
    Role.DATA_PROTECTION_OFFICER: frozenset({Area.REGISTRY}),
}

# Areas in which a role does work of its own; every other role only reads.
_WRITES: dict[str, frozenset[Area]] = {
    Role.PLAN_AUTHOR: frozenset({Area.LEARNERS, Area.PLANS, Area.MONEY}),
    Role.SUPPORT_PROVIDER: frozenset({Area.DELIVERY}),
    Role.INSTITUTION_COORDINATOR: frozenset({Area.REGISTRY, Area.LEARNERS, Area.PLANS, Area.DELIVERY, Area.MONEY}),
    Role.INSTITUTION_HEAD: frozenset({Area.REGISTRY, Area.PLANS, Area.DELIVERY, Area.MONEY}),
    Role.MUNICIPALITY_COORDINATOR: frozenset({Area.REGISTRY, Area.PLANS, Area.DELIVERY, Area.MONEY}),
    Role.VOCATIONAL_COORDINATOR: frozenset({Area.REGISTRY, Area.PLANS, Area.DELIVERY, Area.MONEY}),
    Role.REGIONAL_COORDINATOR: frozenset({Area.REGISTRY, Area.DELIVERY}),
    Role.IKVD: frozenset({Area.REGISTRY, Area.PLANS, Area.DELIVERY, Area.MONEY}),
}
_DECIDE_ON_MONEY = frozenset({Role.INSTITUTION_HEAD, Role.MUNICIPALITY_COORDINATOR, Role.VOCATIONAL_COORDINATOR, Role.IKVD})
_GIVE_HOURS = frozenset({Role.SUPPORT_PROVIDER, Role.INSTITUTION_COORDINATOR})
_KEEPING_LEARNERS = frozenset({Role.PLAN_AUTHOR, Role.INSTITUTION_COORDINATOR})
_JOINING = frozenset({Role.IKVD, Role.REGIONAL_COORDINATOR, Role.MUNICIPALITY_COORDINATOR})
# Who takes which step, and in which area it writes (domain.md 1.1 and 4: plan authors enter plans, providers give hours,
# the coordinator of the institution enters hours for them).
ACTS: dict[Act, tuple[Area, frozenset[str]]] = {
    Act.SIGN_AGREEMENT: (Area.REGISTRY, frozenset({Role.IKVD})),
    Act.JOIN_INSTITUTION: (Area.REGISTRY, _JOINING),
    Act.LEAVE_INSTITUTION: (Area.REGISTRY, _JOINING),
    Act.SET_TARIFF: (Area.REGISTRY, frozenset({Role.IKVD})),
    Act.SET_REFERENCE_VALUE: (Area.REGISTRY, frozenset({Role.IKVD})),
    Act.CLOSE_SEMESTER: (Area.REGISTRY, frozenset({Role.IKVD})),
    Act.REOPEN_SEMESTER: (Area.REGISTRY, frozenset({Role.IKVD})),
    Act.REGISTER_LEARNER: (Area.LEARNERS, _KEEPING_LEARNERS),
    Act.UPDATE_LEARNER: (Area.LEARNERS, _KEEPING_LEARNERS),
    Act.ENROL_LEARNER: (Area.LEARNERS, _KEEPING_LEARNERS),
    Act.END_ENROLMENT: (Area.LEARNERS, _KEEPING_LEARNERS),
    # Who keeps the school's records together; authors see the pairs and work on (docs/decisions/0102-merging-records.md).
    Act.DECIDE_DUPLICATE: (Area.LEARNERS, frozenset({Role.INSTITUTION_COORDINATOR})),
    Act.UNDO_MERGE: (Area.LEARNERS, frozenset({Role.INSTITUTION_COORDINATOR})),
    Act.DRAFT_PLAN: (Area.PLANS, frozenset({Role.PLAN_AUTHOR})),
    Act.PLAN_MEASURE: (Area.PLANS, frozenset({Role.PLAN_AUTHOR})),
    Act.RECORD_APPLICATION: (Area.PLANS, frozenset({Role.PLAN_AUTHOR, Role.INSTITUTION_COORDINATOR})),
    Act.CARRY_PLAN_FORWARD: (Area.PLANS, frozenset({Role.PLAN_AUTHOR})),
    Act.ASSESS_RISK: (Area.PLANS, frozenset({Role.PLAN_AUTHOR})),
    Act.REMOVE_RISK: (Area.PLANS, frozenset({Role.PLAN_AUTHOR})),
    Act.REMOVE_MEASURE: (Area.PLANS, frozenset({Role.PLAN_AUTHOR})),
    Act.SUBMIT_PLAN: (Area.PLANS, frozenset({Role.PLAN_AUTHOR})),
    # Approving and returning are not here: who does so follows from the plan's step (`cases.plans.machine`) and from data.
    Act.EVALUATE_PLAN: (Area.PLANS, frozenset({Role.PLAN_AUTHOR})),
    Act.CLOSE_PLAN: (Area.PLANS, frozenset({Role.INSTITUTION_HEAD, Role.INSTITUTION_COORDINATOR})),
    Act.INTERRUPT_PLAN: (
        Area.PLANS,
        frozenset({Role.PLAN_AUTHOR, Role.INSTITUTION_COORDINATOR, Role.INSTITUTION_HEAD}),
    ),
    Act.CLAIM_REIMBURSEMENT: (Area.MONEY, frozenset({Role.PLAN_AUTHOR, Role.INSTITUTION_COORDINATOR})),
    # Four eyes: whoever claims, or asks for a reversal, does not decide on it (`cases.reimbursements.approvals`).
    Act.DECIDE_REIMBURSEMENT: (Area.MONEY, _DECIDE_ON_MONEY),
    Act.REVERSE_REIMBURSEMENT: (Area.MONEY, _DECIDE_ON_MONEY | {Role.INSTITUTION_COORDINATOR}),
    Act.PAY: (Area.MONEY, frozenset({Role.IKVD})),
    Act.RECORD_CONSULTATIONS: (Area.DELIVERY, _GIVE_HOURS),
    Act.CONFIRM_CONSULTATION: (Area.DELIVERY, _GIVE_HOURS),
    Act.CORRECT_CONSULTATION: (Area.DELIVERY, _GIVE_HOURS),
    Act.ISSUE_CONFIRMATION_CODE: (Area.DELIVERY, _GIVE_HOURS),
    Act.RECORD_CONSULTATION_SHEET: (Area.DELIVERY, _GIVE_HOURS),
    Act.RECORD_REMOTE_ORDER: (Area.DELIVERY, frozenset({Role.INSTITUTION_HEAD, Role.INSTITUTION_COORDINATOR})),
    # Approving, withdrawing and submitting are not here: who does so follows from the step and from the kind of institution
    # (`cases.delivery.chain`). Only the head changes positions; only the regional coordinator reopens (domain.md 4, DL07, DL08).
    Act.SET_POSITION: (Area.DELIVERY, frozenset({Role.INSTITUTION_HEAD})),
    Act.REOPEN_MONTH: (Area.DELIVERY, frozenset({Role.REGIONAL_COORDINATOR})),
}
# Who attaches people in which role (domain.md 4: the head adds plan authors; the coordinator of the municipality supplies head,
# coordinator and authors to the regional coordinator). Roles that are not named here are given by the platform's operator.
_AGENCY = frozenset({Role.IKVD})
_REGION_UP = _AGENCY | {Role.REGIONAL_COORDINATOR}
_PARTNER_UP = _REGION_UP | {Role.MUNICIPALITY_COORDINATOR, Role.VOCATIONAL_COORDINATOR}
ATTACHED_BY: dict[str, frozenset[str]] = {
    Role.PLAN_AUTHOR: _PARTNER_UP | {Role.INSTITUTION_HEAD, Role.INSTITUTION_COORDINATOR},
    Role.SUPPORT_PROVIDER: _PARTNER_UP | {Role.INSTITUTION_HEAD, Role.INSTITUTION_COORDINATOR},
    Role.INSTITUTION_COORDINATOR: _PARTNER_UP | {Role.INSTITUTION_HEAD},
    Role.INSTITUTION_HEAD: _PARTNER_UP,
    Role.VOCATIONAL_COORDINATOR: _REGION_UP,
    Role.MUNICIPALITY_COORDINATOR: _REGION_UP,
    Role.NGO: _REGION_UP | {Role.MUNICIPALITY_COORDINATOR},
    Role.REGIONAL_COORDINATOR: _AGENCY,
    Role.EXPERT: _AGENCY,
    Role.RESEARCHER: _AGENCY,
}
LEVEL_OF: dict[str, str] = {
    Role.PLAN_AUTHOR: Level.INSTITUTION,
    Role.SUPPORT_PROVIDER: Level.INSTITUTION,
    Role.INSTITUTION_COORDINATOR: Level.INSTITUTION,
    Role.INSTITUTION_HEAD: Level.INSTITUTION,
    Role.VOCATIONAL_COORDINATOR: Level.INSTITUTION,
    Role.MUNICIPALITY_COORDINATOR: Level.MUNICIPALITY,
    Role.NGO: Level.MUNICIPALITY,
    Role.REGIONAL_COORDINATOR: Level.REGION,
    Role.EXPERT: Level.STATE,
    Role.RESEARCHER: Level.STATE,
}
"""Level at which a role is held (domain.md 4)."""
# Whoever decides on what a file proves looks at it.
_FILES = frozenset(
    {
        Role.PLAN_AUTHOR,
        Role.INSTITUTION_COORDINATOR,
        Role.INSTITUTION_HEAD,
        Role.SUPPORT_PROVIDER,
        Role.MUNICIPALITY_COORDINATOR,
        Role.VOCATIONAL_COORDINATOR,
        Role.IKVD,
    }
)


def areas_of(role: str) -> frozenset[Area]:
    """Areas that a role opens for reading inside its unit."""
    return _READS.get(role, frozenset())


def areas_written_by(role: str) -> frozenset[Area]:
    """Areas in which a role may add and change rows inside its unit."""
    return _WRITES.get(role, frozenset())


def token_scopes_for(roles: Iterable[str]) -> list[str]:
    """Token scopes that an app with these roles needs, in the contract's order."""
    held = list(roles)
    wanted = {str(area) for role in held for area in areas_of(role)}
    wanted |= {area.writing for role in held for area in areas_written_by(role)}
    if _FILES & set(held):
        wanted.add("files")
    return [scope for scope in TOKEN_SCOPES if scope in wanted]

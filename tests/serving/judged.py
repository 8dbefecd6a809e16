"""Who sees a row of which type: written by hand from the decisions 0065 and 0088 and the contract, apart from the platform.

A type of the schema without an entry fails the build. Only roles are judged here: who takes part in something without a role
(team members, scorers, the other side of a transfer) has tests of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.mutations.judgement import READS

_OPEN = """
Programme ProgrammeTerm TargetGroup FundingSource FundingRule EligibleKind BudgetRevision BudgetShare Region Municipality
Institution StructuralUnit Semester RiskFactor MeasureKind OutcomeTheme InterruptionGround Position LedgerAccount Tariff
Indicator PublishedFigure CooperationAgreement InstitutionParticipation PreventionPlan YouthOrganisation ScoringCriterion
InitiativeCall CallCriterion TrainingEvent TrainingLeader SemesterClosure ReferenceValue
"""
PUBLIC = frozenset(_OPEN.split())
"""Places, terms and lists that name no person (0065: "open to read"), agreements with partners, who leads a training, when a
semester was closed and why opened again: for whoever is signed in."""
_ROOMS = {
    "L": "Enrolment LearnerIndicator",
    "P": "SupportPlan PlanStep PlanRemark PlanCoAuthor RiskAssessment Measure PlanOutcome Application ProjectParticipant"
    " CooperationTeam TeamMember TeamShare Meeting MeetingAttendance MeetingDecision",
    "D": "Consultation ConsultationSheet RemoteOrder RemoteOrderPlan RemoteOrderStaff StaffContract Timesheet TimesheetLine"
    " TimesheetStep MonthSubmission TrainingRegistration",
    "M": "ReimbursementClaim ClaimItem ClaimDecision PaymentItem LedgerEntry LedgerPosting",
}
ROOM = {name: room for room, names in _ROOMS.items() for name in names.split()}
"""Rows of one institution: by the room, L learners, P plans, D delivery, M money."""
PLACES = {
    "MAPLE": ("LV-059", "Vidzeme"),
    "LINDEN": ("LV-059", "Vidzeme"),
    "BIRCH": ("LV-042", "Zemgale"),
    "OAK": ("LV-102", "Vidzeme"),
    "TECHNICAL": ("LV-RIX", "Rīga"),
}
"""Municipality and region of the schools, on the day of the demonstration."""


@dataclass(frozen=True)
class Seat:
    """A role at a unit, by the unit's code; empty for the state."""

    role: str
    level: str
    unit: str

    def opens(self, room: str) -> bool:
        """Whether the role reads the room anywhere."""
        return room in READS[self.role]

    def lies_above(self, school: str | None) -> bool:
        """Whether the unit covers a school; None: one that no unit of the judgement covers, the state aside."""
        if self.level == "STATE":
            return True
        if school is None:
            return False
        municipality, region = PLACES.get(school, ("", ""))
        return self.unit == {"INSTITUTION": school, "MUNICIPALITY": municipality, "REGION": region}[self.level]

    def reads(self, room: str, school: str | None) -> bool:
        """Whether rows of a room of a school are open."""
        return self.opens(room) and self.lies_above(school)


def _sees_learner(seat: Seat, row: Any) -> bool:
    """Where the learner is or was enrolled, and where it was registered."""
    places = {row.registering_institution.code, *(stay.institution.code for stay in row.enrolments.all())}
    return any(seat.reads("L", place) for place in places)


def _sees_assignment(seat: Seat, row: Any) -> bool:
    """Those of municipalities and regions are whom schools turn to; those of the whole state are the state's (0088)."""
    if not seat.opens("R"):
        return False
    if row.level in {"MUNICIPALITY", "REGION"} or seat.level == "STATE":
        return True
    return row.level == "INSTITUTION" and seat.lies_above(row.institution.code)


def _organises(of: Callable[[Any], Any]) -> Callable[[Seat, Any], bool]:
    """What is inside a call is the organising municipality's, and of who stands above it; not of an only school there."""

    def sees(seat: Seat, row: Any) -> bool:
        place = of(row).municipality
        units = {"MUNICIPALITY": place.code, "REGION": place.region.code, "STATE": ""}
        return seat.opens("P") and units.get(seat.level) == seat.unit

    return sees


def _sides(seat: Seat, row: Any) -> bool:
    return any(seat.reads("L", place.code) for place in (row.institution, row.to_institution))


BY_HAND: dict[str, Callable[[Seat, Any], bool]] = {
    "Learner": _sees_learner,
    "DuplicateCandidate": lambda seat, row: _sees_learner(seat, row.first) and _sees_learner(seat, row.second),
    "Transfer": _sides,
    "TransferShare": _sides,
    "CaseFile": lambda seat, row: seat.reads(
        {"learners": "L", "plans": "P", "delivery": "D", "money": "M"}[row.room], row.institution.code
    ),
    "StaffAssignment": _sees_assignment,
    "Account": lambda seat, row: seat.opens("R"),  # the own aside: no caller's own is asked for
    "PartnerAccount": lambda seat, row: seat.opens("M"),  # where a partner is paid: whoever reads money anywhere
    "PaymentBatch": lambda seat, row: any(seat.reads("M", item.institution.code) for item in row.items.all()),
    "InitiativeProject": _organises(lambda row: row.call),
    "ProjectStep": _organises(lambda row: row.project.call),
    "ProjectPartner": _organises(lambda row: row.project.call),
    "ProjectScore": _organises(lambda row: row.project.call),
    "ProjectScorer": _organises(lambda row: row.project.call),
    "EffectivenessResult": lambda seat, row: seat.opens("P") or seat.role == "researcher",  # who reads statistics
    "RegisteredDocument": lambda seat, row: False,  # an app's own, and no caller's app registered it
}


def sees(name: str, seat: Seat, row: Any) -> bool:
    """Whether a role at a unit sees a row of a type."""
    if name in PUBLIC:
        return True
    if name in ROOM:
        return seat.reads(ROOM[name], row.institution.code)
    return BY_HAND[name](seat, row)

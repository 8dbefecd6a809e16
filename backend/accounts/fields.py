"""Field level: which classes of fields a role reads on which model, as one table.

Whoever sees a row reads its public and internal fields. Personal and special ones need a role whose ceiling on that model
is as high (docs/decisions/0043-fields-by-role.md). The type layer asks `readable()` for the rows in which a field may be
shown, and shows null in the others; filters, orders and searches ask `may_compare()`, because a comparison tells a value
as surely as showing it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.policy import NOTHING, Policy
from backend.accounts.roles import areas_of
from backend.accounts.scope import Scope
from backend.core.classification import DataClass, classification_of
from backend.core.refusals import Code, Problem

_INTERNAL, _PERSONAL, _SPECIAL = DataClass.INTERNAL, DataClass.PERSONAL, DataClass.SPECIAL
_RANK = {DataClass.PUBLIC: 0, DataClass.INTERNAL: 1, DataClass.PERSONAL: 2, DataClass.SPECIAL: 3}

_LEARNER = "learners.Learner"
_IDENTITY = "learners.LearnerIdentity"
_ENROLMENT = "learners.Enrolment"
_PLAN = "plans.SupportPlan"
_STEP = "plans.PlanStep"
_RISK = "plans.RiskAssessment"
_MEASURE = "plans.Measure"
_CONSULTATION = "delivery.Consultation"
_CLAIM = "reimbursements.ReimbursementClaim"
# Who the learner is, and where the learner goes; a transfer's and an enrolment's own words are personal at most.
_PERSONS = (_LEARNER, "learners.DuplicateCandidate", "learners.MergedRow")
_MOVES = (_ENROLMENT, "transfers.Transfer")
_PLANS = (
    _PLAN,
    _STEP,
    _RISK,
    _MEASURE,
    "plans.Application",
    "plans.PlanAuthor",
    "plans.PlanOutcome",
    "plans.PlanRemark",
)
_DELIVERY = (
    _CONSULTATION,
    "delivery.ConsultationSheet",
    "delivery.RemoteOrderStaff",
    "delivery.RemoteOrderPlan",
    "delivery.ConfirmationCode",
    "delivery.MonthSubmission",
    "delivery.Timesheet",
    "delivery.TimesheetLine",
    "delivery.TimesheetStep",
    "registry.StaffContract",
)
# People at work, and where a learner takes part in a project: whoever sees the row needs to know whom to turn to.
_PEOPLE = (
    "accounts.User",
    "accounts.Assignment",
    "training.TrainingLeader",
    "training.TrainingRegistration",
    "initiatives.OrganisationMember",
    "initiatives.InitiativeProject",
    "initiatives.ProjectStep",
    "initiatives.ProjectReport",
    "initiatives.ProjectScorer",
    "initiatives.ProjectScore",
    "initiatives.ProjectParticipant",
)
_TEAMS = (
    "cooperation.CooperationTeam",
    "cooperation.TeamMember",
    "cooperation.TeamShare",
    "cooperation.Meeting",
    "cooperation.MeetingAttendance",
    "cooperation.MeetingDecision",
)
_MONEY = (
    _CLAIM,
    "reimbursements.ClaimItem",
    "reimbursements.ClaimDecision",
    "reimbursements.PaymentBatch",
)


def _row(
    *,
    person: DataClass,
    plan: DataClass,
    delivery: DataClass,
    code: bool = False,
    money: DataClass = _PERSONAL,
    team: DataClass = _PERSONAL,
) -> dict[str, DataClass]:
    """A role's ceilings: who the learner is, the personal code, what the plan says, what was done in the hours, what was paid,
    what a team talked about.
    """
    return {
        **dict.fromkeys(_PERSONS, person),
        _IDENTITY: _PERSONAL if code else _INTERNAL,
        **dict.fromkeys(_MOVES, _PERSONAL),
        **dict.fromkeys(_PLANS, plan),
        # Absences and marks are what a risk is judged by: for who reads the risk.
        "evaluation.LearnerIndicator": _PERSONAL if plan == _SPECIAL else _INTERNAL,
        **dict.fromkeys(_DELIVERY, delivery),
        **dict.fromkeys(_MONEY, money),
        **dict.fromkeys(_PEOPLE, _PERSONAL),
        **dict.fromkeys(_TEAMS, team),
        # What waits names the learner, as the thing that it is about does.
        "workspace.WorkItem": _PERSONAL,
        # A file's name is as near to the learner as the learner's own name.
        "casefiles.CaseFile": person,
    }


# role -> model -> the highest class it reads there. A role or model that is not named reads up to internal.
# The personal code is for who registers a learner, signs for one, or settles who is who: those who write or approve plans.
CEILINGS: dict[str, dict[str, DataClass]] = {
    # They write or decide on the plan: they need to know why.
    Role.PLAN_AUTHOR: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_SPECIAL, code=True, team=_SPECIAL),
    Role.INSTITUTION_COORDINATOR: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_SPECIAL, code=True, team=_SPECIAL),
    Role.INSTITUTION_HEAD: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_SPECIAL, code=True, team=_SPECIAL),
    # They approve plans of schools they do not work in; what was talked about in an hour is not theirs.
    Role.MUNICIPALITY_COORDINATOR: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_PERSONAL, code=True),
    Role.VOCATIONAL_COORDINATOR: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_PERSONAL, code=True),
    Role.IKVD: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_PERSONAL, code=True),
    # Gives the hours: the measure and its subject, not the risk behind it nor notes on it.
    Role.SUPPORT_PROVIDER: _row(person=_PERSONAL, plan=_PERSONAL, delivery=_SPECIAL),
    # Mends hours and documents after a month was submitted.
    Role.REGIONAL_COORDINATOR: _row(person=_PERSONAL, plan=_PERSONAL, delivery=_PERSONAL),
    # Checks that what was paid was planned and given: by the learner's id, without name and birth date. Nobody pays for teams.
    Role.AUDITOR: _row(person=_INTERNAL, plan=_PERSONAL, delivery=_PERSONAL, team=_INTERNAL),
}


EVERY_ROLE = frozenset(Role.values)
"""Who reads what is internal or public, where they read the row."""


@cache
def roles_reading(label: str, data_class: DataClass) -> frozenset[str]:
    """Roles whose ceiling on a model is as high as the class. Up to internal that is every role that sees rows."""
    needed = _RANK[data_class]
    if needed <= _RANK[_INTERNAL]:
        return EVERY_ROLE
    return frozenset(role for role, ceilings in CEILINGS.items() if needed <= _RANK[ceilings.get(label, DataClass.INTERNAL)])


@cache
def guarding_roles() -> tuple[frozenset[str], ...]:
    """Every set of roles that some personal or special class is kept to: what a caller's reach is asked for.

    The empty one is among them: what no role reads, as of a model that no ceiling names.
    """
    labels = {label for ceilings in CEILINGS.values() for label in ceilings}
    found = {frozenset[str]()} | {roles_reading(label, data_class) for label in labels for data_class in (_PERSONAL, _SPECIAL)}
    return tuple(sorted(found, key=sorted))


@dataclass(frozen=True)
class FieldAccess:
    """What a scope may do with one field of a policed model."""

    scope: Scope
    policy: Policy
    model: type[models.Model]
    name: str

    @property
    def data_class(self) -> DataClass:
        """The declared class of the field. Raises FieldDoesNotExist, or LookupError when nobody declared one."""
        declared = classification_of(self.model._meta.get_field(self.name))  # type: ignore[arg-type]
        if declared is None:
            raise LookupError(f"{self.model._meta.label}.{self.name} has no classification.")
        return declared.data_class

    @property
    def readers(self) -> frozenset[str]:
        """Roles that read the field where they read the row."""
        return roles_reading(self.model._meta.label, self.data_class)

    @property
    def for_everybody(self) -> bool:
        """Whether nobody who reads the row is kept from the field."""
        if self._kept_from_parties:
            return False
        return frozenset(role for role in CEILINGS if self.policy.area in areas_of(role)) <= self.readers

    def readable(self) -> Q:
        """Condition for the rows in which the field may be shown: Q() for all, `NOTHING` for none.

        Holds inside the rows that `policy.visible(scope)` admits; alone it opens nothing.
        """
        if self.may_compare():
            return Q()
        if self.scope.opens_wholly(self.policy.area, self.readers):  # all but what is seen by taking part
            institutions = self.scope.institutions(self.policy.area)
        else:
            institutions = self.scope.institutions_through(self.policy.area, self.readers)
        return self.policy.owned_by(institutions) if institutions else NOTHING

    def shows(self, row: models.Model) -> bool:
        """Whether the field may be shown in this row."""
        allowing = [held for held in self.scope.opening(self.policy.area) if held.role in self.readers]
        owners = set(self.policy.owners_of(row))
        return any(held.whole_state or owners & held.institution_ids for held in allowing)

    def may_compare(self) -> bool:
        """Whether rows may be filtered, ordered, searched or grouped by the field: it is readable in every row reached."""
        if self._kept_from_parties and not self.scope.reaches_whole_state(self.policy.area):
            return False
        return self.scope.opens_wholly(self.policy.area, self.readers)

    @property
    def _kept_from_parties(self) -> bool:
        """Whether the field is hidden from who sees the row by taking part in it, and holds no role there."""
        return self.policy.has_parties and _RANK[self.data_class] > _RANK[_INTERNAL]

    def refusal(self) -> Problem:
        """What to answer when a comparison is refused."""
        wording = _("Your role does not read {field} in every row here: leave it out of filters, order and search.")
        return Problem(Code.NOT_ALLOWED, format_lazy(wording, field=self.name), self.name)


def value_shown(*, scope: Scope, policy: Policy, row: models.Model, name: str) -> Any:
    """The field's value, or None where this caller may not read it in this row."""
    access = FieldAccess(scope=scope, policy=policy, model=type(row), name=name)
    return getattr(row, name) if access.shows(row) else None

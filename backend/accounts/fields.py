"""Field level: which classes of fields a role reads on which model, as one table.

Whoever sees a row reads its public and internal fields. Personal and special ones need a role whose ceiling on that model
is as high (docs/decisions/0043-fields-by-role.md). The type layer asks `readable()` for the rows in which a field may be
shown, and shows null in the others; filters, orders and searches ask `may_compare()`, because a comparison tells a value
as surely as showing it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.policy import NOTHING, Policy
from backend.accounts.scope import Holding, Scope
from backend.core.classification import DataClass, classification_of
from backend.core.refusals import Code, Problem

_INTERNAL, _PERSONAL, _SPECIAL = DataClass.INTERNAL, DataClass.PERSONAL, DataClass.SPECIAL
_RANK = {DataClass.PUBLIC: 0, DataClass.INTERNAL: 1, DataClass.PERSONAL: 2, DataClass.SPECIAL: 3}

_LEARNER = "learners.Learner"
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
_PLANS = (_PLAN, _STEP, _RISK, _MEASURE, "plans.Application", "plans.PlanAuthor", "plans.PlanOutcome")
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
_MONEY = (
    _CLAIM,
    "reimbursements.ClaimItem",
    "reimbursements.ClaimDecision",
    "reimbursements.PaymentBatch",
)


def _row(*, person: DataClass, plan: DataClass, delivery: DataClass, money: DataClass = _PERSONAL) -> dict[str, DataClass]:
    """A role's ceilings: who the learner is, what the plan says, what was done in the hours, what was paid."""
    return {
        **dict.fromkeys(_PERSONS, person),
        **dict.fromkeys(_MOVES, _PERSONAL),
        **dict.fromkeys(_PLANS, plan),
        **dict.fromkeys(_DELIVERY, delivery),
        **dict.fromkeys(_MONEY, money),
        # A file's name is as near to the learner as the learner's own name.
        "casefiles.CaseFile": person,
    }


# role -> model -> the highest class it reads there. A role or model that is not named reads up to internal.
CEILINGS: dict[str, dict[str, DataClass]] = {
    # They write or decide on the plan: they need to know why.
    Role.PLAN_AUTHOR: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_SPECIAL),
    Role.INSTITUTION_COORDINATOR: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_SPECIAL),
    Role.INSTITUTION_HEAD: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_SPECIAL),
    # They approve plans of schools they do not work in; what was talked about in an hour is not theirs.
    Role.MUNICIPALITY_COORDINATOR: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_PERSONAL),
    Role.VOCATIONAL_COORDINATOR: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_PERSONAL),
    Role.IKVD: _row(person=_PERSONAL, plan=_SPECIAL, delivery=_PERSONAL),
    # Gives the hours: the measure and its subject, not the risk behind it nor notes on it.
    Role.SUPPORT_PROVIDER: _row(person=_PERSONAL, plan=_PERSONAL, delivery=_SPECIAL),
    # Mends hours and documents after a month was submitted.
    Role.REGIONAL_COORDINATOR: _row(person=_PERSONAL, plan=_PERSONAL, delivery=_PERSONAL),
    # Checks that what was paid was planned and given: by the learner's id, without name and birth date.
    Role.AUDITOR: _row(person=_INTERNAL, plan=_PERSONAL, delivery=_PERSONAL),
}


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

    def readable(self) -> Q:
        """Condition for the rows in which the field may be shown: Q() for all, `NOTHING` for none.

        Holds inside the rows that `policy.visible(scope)` admits; alone it opens nothing.
        """
        allowing = self._allowing()
        if len(allowing) == len(self.scope.opening(self.policy.area)) or any(held.whole_state for held in allowing):
            return Q()
        institutions = frozenset().union(*(held.institution_ids for held in allowing))
        return self.policy.owned_by(institutions) if institutions else NOTHING

    def shows(self, row: models.Model) -> bool:
        """Whether the field may be shown in this row."""
        owners = set(self.policy.owners_of(row))
        return any(held.whole_state or owners & held.institution_ids for held in self._allowing())

    def may_compare(self) -> bool:
        """Whether rows may be filtered, ordered, searched or grouped by the field: it is readable in every row reached."""
        allowing = self._allowing()
        if any(held.whole_state for held in allowing):
            return True
        reaching = self.scope.opening(self.policy.area)
        if any(held.whole_state for held in reaching):
            return False
        allowed = frozenset().union(*(held.institution_ids for held in allowing))
        return frozenset().union(*(held.institution_ids for held in reaching)) <= allowed

    def refusal(self) -> Problem:
        """What to answer when a comparison is refused."""
        wording = _("Your role does not read {field} in every row here: leave it out of filters, order and search.")
        return Problem(Code.NOT_ALLOWED, format_lazy(wording, field=self.name), self.name)

    def _allowing(self) -> list[Holding]:
        needed = _RANK[self.data_class]
        label = self.model._meta.label
        return [
            held
            for held in self.scope.opening(self.policy.area)
            if needed <= _RANK[CEILINGS.get(held.role, {}).get(label, DataClass.INTERNAL)]
        ]


def value_shown(*, scope: Scope, policy: Policy, row: models.Model, name: str) -> Any:
    """The field's value, or None where this caller may not read it in this row."""
    access = FieldAccess(scope=scope, policy=policy, model=type(row), name=name)
    return getattr(row, name) if access.shows(row) else None

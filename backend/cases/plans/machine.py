"""The states of a plan and the steps between them, in this one place (domain.md 1.1; decision 0106).

    DRAFT or RETURNED -submit-> SUBMITTED -approve-> APPROVED_BY_INSTITUTION
    municipality's school: -approve-> APPROVED_BY_MUNICIPALITY -approve-> ACTIVE
    state institution:     -approve-> ACTIVE
    ACTIVE -evaluate-> EVALUATED -close-> CLOSED
    each step of approval -return-> RETURNED; before EVALUATED -interrupt-> INTERRUPTED

Services ask `transition()`; what each step needs besides stands in `conditions` and `approvals`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.cases.plans.models import PlanStatus, PlanStep
from backend.core.refusals import Code, Message, Problem

_S = PlanStatus


class PlanStepKind(models.TextChoices):
    """A step that a plan can take."""

    SUBMIT = "SUBMIT", _("submit it to the head")  # iesniegt direktoram
    APPROVE = "APPROVE", _("approve it")  # saskaņot
    RETURN = "RETURN", _("return it for changes")  # atgriezt precizēšanai
    EVALUATE = "EVALUATE", _("evaluate its measures' result")  # izvērtēt
    CLOSE = "CLOSE", _("close it")
    INTERRUPT = "INTERRUPT", _("interrupt it")  # pārtraukt


class Chain(StrEnum):
    """Whose agreement the institution joined under decides who approves."""

    MUNICIPAL = "MUNICIPAL"
    STATE = "STATE"


_BOTH = frozenset(Chain)


@dataclass(frozen=True)
class Transition:
    """A step from one status to another, and the roles that take it."""

    kind: PlanStepKind
    source: PlanStatus
    target: PlanStatus
    roles: frozenset[str]
    chains: frozenset[Chain] = _BOTH


_K = PlanStepKind
_AUTHOR = frozenset({Role.PLAN_AUTHOR})
_HEAD = frozenset({Role.INSTITUTION_HEAD})
_COORDINATOR = frozenset({Role.MUNICIPALITY_COORDINATOR})
_AGENCY = frozenset({Role.IKVD})
_CLOSERS = frozenset({Role.INSTITUTION_HEAD, Role.INSTITUTION_COORDINATOR})
_INTERRUPTERS = _AUTHOR | _CLOSERS
_MUNICIPAL, _STATE = frozenset({Chain.MUNICIPAL}), frozenset({Chain.STATE})

TRANSITIONS = (
    Transition(_K.SUBMIT, _S.DRAFT, _S.SUBMITTED, _AUTHOR),
    Transition(_K.SUBMIT, _S.RETURNED, _S.SUBMITTED, _AUTHOR),
    Transition(_K.APPROVE, _S.SUBMITTED, _S.APPROVED_BY_INSTITUTION, _HEAD),
    Transition(_K.APPROVE, _S.APPROVED_BY_INSTITUTION, _S.APPROVED_BY_MUNICIPALITY, _COORDINATOR, _MUNICIPAL),
    Transition(_K.APPROVE, _S.APPROVED_BY_INSTITUTION, _S.ACTIVE, _AGENCY, _STATE),
    Transition(_K.APPROVE, _S.APPROVED_BY_MUNICIPALITY, _S.ACTIVE, _AGENCY),
    Transition(_K.RETURN, _S.SUBMITTED, _S.RETURNED, _HEAD),
    Transition(_K.RETURN, _S.APPROVED_BY_INSTITUTION, _S.RETURNED, _COORDINATOR, _MUNICIPAL),
    Transition(_K.RETURN, _S.APPROVED_BY_INSTITUTION, _S.RETURNED, _AGENCY, _STATE),
    Transition(_K.RETURN, _S.APPROVED_BY_MUNICIPALITY, _S.RETURNED, _AGENCY),
    Transition(_K.EVALUATE, _S.ACTIVE, _S.EVALUATED, _AUTHOR),
    Transition(_K.CLOSE, _S.EVALUATED, _S.CLOSED, _CLOSERS),
    *(
        Transition(_K.INTERRUPT, source, _S.INTERRUPTED, _INTERRUPTERS)
        for source in (
            _S.DRAFT,
            _S.SUBMITTED,
            _S.APPROVED_BY_INSTITUTION,
            _S.APPROVED_BY_MUNICIPALITY,
            _S.RETURNED,
            _S.ACTIVE,
        )
    ),
)

OPEN_TO_CHANGES = (_S.DRAFT, _S.RETURNED)
"""Statuses in which risks and measures are written."""

DECIDERS = frozenset().union(*(step.roles for step in TRANSITIONS if step.kind in {_K.APPROVE, _K.RETURN}))
"""Roles that approve or return some plan, second approvers of `registry.ApprovalTier` aside."""

MOMENTS: dict[PlanStatus, str] = {
    _S.SUBMITTED: "submitted_at",
    _S.ACTIVE: "activated_at",
    _S.EVALUATED: "evaluated_at",
    _S.CLOSED: "closed_at",
    _S.INTERRUPTED: "interrupted_at",
}
"""The column that says when a plan came to a status."""

_ROLE_OF = {
    _S.DRAFT: Role.PLAN_AUTHOR,
    _S.SUBMITTED: Role.PLAN_AUTHOR,
    _S.APPROVED_BY_INSTITUTION: Role.INSTITUTION_HEAD,
    _S.APPROVED_BY_MUNICIPALITY: Role.MUNICIPALITY_COORDINATOR,
    _S.ACTIVE: Role.IKVD,
    _S.EVALUATED: Role.PLAN_AUTHOR,
}


def transition(*, kind: PlanStepKind, status: str, chain: Chain) -> Transition | None:
    """The step of a kind that leads on from a status; None where there is none."""
    for step in TRANSITIONS:
        if step.kind == kind and step.source == status and chain in step.chains:
            return step
    return None


def role_of(step: PlanStep) -> str:
    """The role in which a step was taken; empty where nothing tells it."""
    if step.role:
        return step.role
    return "" if step.from_status == step.to_status else _ROLE_OF.get(PlanStatus(step.to_status), "")


def taken_in(role: str) -> models.Q:
    """Over steps: those taken in a role, as `role_of` tells it."""
    told = [status for status, taken in _ROLE_OF.items() if taken == role]
    untold = models.Q(role="", to_status__in=told) & ~models.Q(from_status=models.F("to_status"))
    return models.Q(role=role) | untold


def not_from_here(*, status: str, chain: Chain) -> Problem:
    """The refusal of a step that a plan cannot take from its status, with what comes next instead."""
    wording = _("The plan is {status}. {remedy}")
    return Problem(
        Code.UNMET_CONDITION,
        format_lazy(wording, status=PlanStatus(status).label, remedy=_remedy(PlanStatus(status), chain)),
        "plan_id",
    )


def _remedy(status: PlanStatus, chain: Chain) -> Message:
    awaited: Iterable[Transition] = (
        step for step in TRANSITIONS if step.kind == _K.APPROVE and step.source == status and chain in step.chains
    )
    for step in awaited:
        return format_lazy(_("It waits for the approval of: {role}."), role=Role(min(step.roles)).label)
    return {
        _S.DRAFT: _("Submit it to the head first."),
        _S.RETURNED: _("Change what was asked for and submit it again first."),
        _S.ACTIVE: _("Evaluate it at the semester's end, or interrupt it."),
        _S.EVALUATED: _("Close it."),
    }.get(status, _("Nothing follows any more: draft or carry forward another."))

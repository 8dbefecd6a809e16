"""Risks judged on a plan, at its start and its end (domain.md 2)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, touch
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.plans.models import AssessmentMoment, PlanStatus, RiskAssessment, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.cases.plans.services.common import FIELD, refuse_in_closed_semester, refuse_unless_open, taken_up
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, listed, refuse
from backend.core.text import nfc
from backend.registry.models import RiskFactor, RiskLevel


@command("assessRisk", answer=by_key(RiskAssessment))
def assess_risk(
    *,
    scope: Scope,
    plan_id: UUID,
    moment: str,
    level: int,
    risk_factor_id: UUID | None = None,
    risk_factor_code: str = "",
    note: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> RiskAssessment:
    """Judge a risk on a plan; judging it again changes the level and the note. `expected_version` is the plan's, which rises.

    At the start while the plan is being written, at the end while it is active. The factor is named by its id or its code; a
    code means the version in force in the plan's period. Levels are those of `registry.RiskLevel` (the real scale was not
    found). Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, LOCKED, UNMET_CONDITION, INVALID.
    """
    plan = taken_up(scope=scope, plan_id=plan_id, expected_version=expected_version)
    require(scope=scope, act=Act.ASSESS_RISK, institution_id=plan.institution_id, field=FIELD)
    if moment == AssessmentMoment.START:
        refuse_unless_open(plan)
    else:
        refuse_in_closed_semester(plan)
        if plan.status != PlanStatus.ACTIVE:
            message = _("Risks are judged at the end of a plan that is active. Have it approved to the end first.")
            refuse(Code.UNMET_CONDITION, message, FIELD)
    problems = Problems()
    factor = factor_of(plan, risk_factor_id, risk_factor_code)
    if factor is None:
        problems.add(Code.NOT_FOUND, _("There is no such risk factor. Choose one of the list."), "risk_factor_id")
    elif not in_force_in(plan, factor):
        message = _("This risk factor is not in force in the plan's period. Choose another.")
        problems.add(Code.INVALID, message, "risk_factor_id")
    check_level(problems, level, "level")
    words = inputs.paragraphs(problems, note, "note")
    problems.refuse()
    assert factor is not None  # noqa: S101  (refused above)
    risk = judged(plan, factor=factor, moment=moment, level=level, note=words, scope=scope)
    touch(plan)
    return risk


@command("removeRisk", answer=by_key(SupportPlan))
def remove_risk(*, scope: Scope, risk_id: UUID, expected_version: int | None = None, client_mutation_id: str = "") -> SupportPlan:
    """Take a risk off a plan that is being written; `expected_version` is the plan's, which rises. Returns the plan.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, LOCKED, UNMET_CONDITION (a measure answers it).
    """
    field = "risk_id"
    place = RiskAssessment.objects.filter(PLANS.visible(scope), pk=risk_id).values_list("plan_id", flat=True).first()
    if place is None:
        refuse(Code.NOT_FOUND, _("Not found. Check the id, and that your role reaches it."), field)
    plan = taken_up(scope=scope, plan_id=place, expected_version=expected_version, field=field)
    require(scope=scope, act=Act.REMOVE_RISK, institution_id=plan.institution_id, field=field)
    refuse_unless_open(plan, field=field)
    risk = plan.risks.filter(pk=risk_id).first()
    if risk is None:  # somebody took it off while this command waited
        refuse(Code.NOT_FOUND, _("Not found. Check the id, and that your role reaches it."), field)
    if risk.measures.exists():
        refuse(Code.UNMET_CONDITION, _("Measures answer this risk. Take them off the plan first."), field)
    risk.delete()
    touch(plan)
    return plan


def judged(plan: SupportPlan, *, factor: RiskFactor, moment: str, level: int, note: str, scope: Scope) -> RiskAssessment:
    """The risk on a locked plan with this level and note, made or changed."""
    risk = plan.risks.filter(risk_factor=factor, moment=moment).first()
    if risk is None:
        risk = RiskAssessment(plan=plan, institution_id=plan.institution_id, risk_factor=factor, moment=moment)
        risk.level_id, risk.note, risk.assessed_by_id = level, note, scope.principal_id
        risk.save(force_insert=True)
        return risk
    risk.level_id, risk.note, risk.assessed_by_id = level, note, scope.principal_id
    risk.version, risk.updated_at = risk.version + 1, now()
    risk.save(update_fields=["level", "note", "assessed_by", "version", "updated_at"])
    return risk


def factor_of(plan: SupportPlan, factor_id: UUID | None, code: str) -> RiskFactor | None:
    """A factor by its id, or the version of a code that is in force in the plan's period."""
    if factor_id is not None:
        return RiskFactor.objects.filter(pk=factor_id).first()
    in_force = Q(valid_from__lte=plan.period_to) & (Q(valid_to=None) | Q(valid_to__gte=plan.period_from))
    return RiskFactor.objects.filter(in_force, code=nfc(code)[:60]).order_by("valid_from").first()


def in_force_in(plan: SupportPlan, factor: RiskFactor) -> bool:
    """Whether a version of a factor is in force in the plan's period."""
    return factor.valid_from <= plan.period_to and (factor.valid_to is None or factor.valid_to >= plan.period_from)


def check_level(problems: Problems, level: int, field: str) -> None:
    """The level stands on the scale in use."""
    scale = list(RiskLevel.objects.order_by("value").values_list("value", flat=True))
    if level not in scale:
        message = _("The scale has no such level. Choose one of: {levels}.")
        problems.add(Code.INVALID, format_lazy(message, levels=listed(*scale)), field)

"""Carrying a plan forward: a draft for a later semester that begins with what the earlier one came to."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.learners.selectors import learner as learner_in_reach
from backend.cases.plans.measure_rules import months_between
from backend.cases.plans.models import AssessmentMoment, Measure, RiskAssessment, SupportPlan
from backend.cases.plans.selectors import support_plan
from backend.cases.plans.services.drafting import drafted
from backend.core.refusals import Code, Problems, refuse
from backend.registry.models import MeasureKind, RiskFactor, RiskLevel
from backend.territory.models import Semester

L = TypeVar("L", RiskFactor, MeasureKind)


@command("carryForwardSupportPlan", answer=by_key(SupportPlan))
def carry_forward_support_plan(
    *,
    scope: Scope,
    from_plan_id: UUID,
    semester_id: UUID,
    with_measures: bool = True,
    author_id: UUID | None = None,
    client_mutation_id: str = "",
) -> SupportPlan:
    """Draft a plan from that of an earlier semester at the same institution (ours: the sources only say that support may go on).

    Risks begin with the level they had at the earlier plan's end, or, where none was judged there, at its start; a risk that
    ended at the lowest level of the scale is not carried over. Measures are, unless `with_measures` is False: with their hours,
    amounts and subjects, their months as far as they lie in the new period, and the kinds and factors in the versions in force
    then; what is no longer on the lists stays behind. `differences.of_plans` shows what differs.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, UNMET_CONDITION (the earlier plan never became active), OUT_OF_PERIOD (no later
    semester), and what stands against any draft.
    """
    problems = Problems()
    earlier = support_plan(scope=scope, plan_id=from_plan_id)
    semester = Semester.objects.filter(pk=semester_id).first()
    if earlier is None:
        problems.add(Code.NOT_FOUND, _("No such plan within your reach. Check the id."), "from_plan_id")
    if semester is None:
        problems.add(Code.NOT_FOUND, _("There is no such semester. Check the id."), "semester_id")
    problems.refuse()
    assert earlier is not None  # noqa: S101  (refused above)
    assert semester is not None  # noqa: S101
    learner = learner_in_reach(scope=scope, learner_id=earlier.learner_id)
    if learner is None:
        refuse(Code.NOT_FOUND, _("No such plan within your reach. Check the id."), "from_plan_id")
    require(scope=scope, act=Act.CARRY_PLAN_FORWARD, institution_id=earlier.institution_id, field="from_plan_id")
    if earlier.activated_at is None:
        message = _("The plan never became active: there is nothing to carry forward. Draft a new one.")
        refuse(Code.UNMET_CONDITION, message, "from_plan_id")
    if semester.starts_on <= earlier.semester.starts_on:
        message = _("A plan is carried into a later semester than its own. Choose one.")
        refuse(Code.OUT_OF_PERIOD, message, "semester_id")
    plan = drafted(
        scope=scope,
        learner=learner,
        semester=semester,
        institution=earlier.institution,
        author_id=author_id,
        carried_from=earlier,
    )
    risks = _carry_risks(scope, earlier, plan)
    if with_measures:
        _carry_measures(earlier, plan, risks)
    return plan


def _carry_risks(scope: Scope, earlier: SupportPlan, plan: SupportPlan) -> dict[str, RiskAssessment]:
    """The risks of the new plan by their factor's code."""
    judged: dict[str, RiskAssessment] = {}
    for risk in earlier.risks.select_related("risk_factor", "level").order_by("-moment", "id"):  # START before END
        judged[risk.risk_factor.code] = risk
    factors = {factor.code: factor for factor in _in_force(RiskFactor, plan, set(judged))}
    lowest = _lowest_level()
    carried = {
        code: RiskAssessment(
            plan=plan,
            institution_id=plan.institution_id,
            risk_factor=factors[code],
            moment=AssessmentMoment.START,
            level_id=risk.level_id,
            note=risk.note,
            assessed_by_id=scope.principal_id,
        )
        for code, risk in judged.items()
        if code in factors and not (risk.moment == AssessmentMoment.END and risk.level_id == lowest)
    }
    RiskAssessment.objects.bulk_create(carried.values())
    return carried


def _carry_measures(earlier: SupportPlan, plan: SupportPlan, risks: dict[str, RiskAssessment]) -> None:
    measures = list(earlier.measures.select_related("risk__risk_factor").order_by("id"))
    kinds = {kind.code: kind for kind in _in_force(MeasureKind, plan, {measure.kind_code for measure in measures})}
    inside = months_between(plan.period_from, plan.period_to)
    Measure.objects.bulk_create(
        Measure(
            plan=plan,
            learner_id=plan.learner_id,
            institution_id=plan.institution_id,
            kind=kinds[measure.kind_code],
            category=measure.category,
            kind_code=measure.kind_code,
            risk=risks.get(measure.risk.risk_factor.code) if measure.risk else None,
            subject=measure.subject,
            planned_hours=measure.planned_hours,
            planned_amount=measure.planned_amount,
            months=sorted(set(measure.months) & inside),
            note=measure.note,
        )
        for measure in measures
        if measure.kind_code in kinds
    )


def _in_force(model: type[L], plan: SupportPlan, codes: set[str]) -> list[L]:
    """Versions of some codes that are in force in the plan's period, the first of each last, so that it stands in a mapping."""
    in_force = Q(valid_from__lte=plan.period_to) & (Q(valid_to=None) | Q(valid_to__gte=plan.period_from))
    return list(model._default_manager.filter(in_force, code__in=codes).order_by("-valid_from"))


def _lowest_level() -> int:
    return RiskLevel.objects.order_by("value").values_list("value", flat=True)[0]

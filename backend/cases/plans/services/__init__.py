"""Everything that changes plans: a command each, by what it is about."""

from backend.cases.plans.evaluation import EndRisk, Outcome
from backend.cases.plans.remarks import Remark
from backend.cases.plans.services.applications import record_application
from backend.cases.plans.services.carrying import carry_forward_support_plan
from backend.cases.plans.services.drafting import draft_support_plan, plan_number
from backend.cases.plans.services.measures import plan_measure, remove_measure
from backend.cases.plans.services.risks import assess_risk, remove_risk
from backend.cases.plans.services.steps import (
    approve_support_plan,
    close_support_plan,
    evaluate_support_plan,
    interrupt_support_plan,
    return_support_plan,
    submit_support_plan,
)

__all__ = [
    "EndRisk",
    "Outcome",
    "Remark",
    "approve_support_plan",
    "assess_risk",
    "carry_forward_support_plan",
    "close_support_plan",
    "draft_support_plan",
    "evaluate_support_plan",
    "interrupt_support_plan",
    "plan_measure",
    "plan_number",
    "record_application",
    "remove_measure",
    "remove_risk",
    "return_support_plan",
    "submit_support_plan",
]

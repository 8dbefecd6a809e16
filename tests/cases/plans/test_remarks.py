"""Comments on single parts of a plan that is returned."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from backend.accounts.scope import scoped
from backend.cases.plans import services
from backend.cases.plans.models import PlanRemark, SupportPlan
from tests.cases.plans.walk import Walk
from tests.factories.rows import whole_state


def parts(plan: SupportPlan) -> tuple[str, str, str]:
    """Public ids of a risk, a measure and the application of a plan."""
    with whole_state():
        application = SupportPlan.objects.select_related("application").get(pk=plan.pk).application
        assert application is not None
        return plan.risks.get().public_id, plan.measures.get().public_id, application.public_id


def test_a_return_says_what_to_change_part_by_part(walk: Walk) -> None:
    plan = walk.submitted()
    risk, measure, application = parts(plan)
    remarks = [
        services.Remark("Kāpēc tik augsts?", risk),
        services.Remark(" Pietiek ar piecām stundām. ", measure),
        services.Remark("Trūkst paraksta.", application),
        services.Remark("Pārējais ir labi."),
    ]
    walk.do("head", services.return_support_plan, plan_id=plan.pk, comment="Lūdzu, precizēt.", remarks=remarks)
    with whole_state():
        step = plan.steps.get(to_status="RETURNED")
        rows = list(step.remarks.values_list("subject_tag", "text", "plan_id", "institution_id"))
    same = (plan.pk, plan.institution_id)
    assert rows == [
        ("risk", "Kāpēc tik augsts?", *same),
        ("msr", "Pietiek ar piecām stundām.", *same),
        ("appl", "Trūkst paraksta.", *same),
        ("", "Pārējais ir labi.", *same),
    ]


def test_a_remark_stays_when_its_measure_is_taken_off(walk: Walk) -> None:
    plan = walk.submitted()
    _risk, measure, _application = parts(plan)
    given = {"plan_id": plan.pk, "comment": "Lieks.", "remarks": [services.Remark("Šo nevajag.", measure)]}
    walk.do("head", services.return_support_plan, **given)
    with whole_state():
        only = plan.measures.get()
    walk.do("author", services.remove_measure, measure_id=only.pk, reason="Direktors lūdza.")
    with whole_state():
        assert PlanRemark.objects.values_list("subject_key", "text").get(plan=plan) == (only.pk, "Šo nevajag.")


def test_a_remark_is_about_this_plan_and_says_something(walk: Walk) -> None:
    plan, other = walk.submitted(), walk.submitted()
    risk, _measure, _application = parts(plan)
    _other_risk, measure, _other_application = parts(other)
    given = {"plan_id": plan.pk, "comment": "Lūdzu, precizēt."}
    wrong = [services.Remark(" ", risk), services.Remark("Svešs.", measure), services.Remark("Nekas.", "msr_0")]
    assert walk.refused("head", services.return_support_plan, **given, remarks=wrong) == [
        ("remarks.0.text", "REQUIRED"),
        ("remarks.1.subject_id", "NOT_FOUND"),
        ("remarks.2.subject_id", "NOT_FOUND"),
    ]
    many = [services.Remark("Vēl.")] * 51
    assert walk.refused("head", services.return_support_plan, **given, remarks=many) == [("remarks", "LIMIT_EXCEEDED")]


def test_a_remark_is_never_changed_and_hangs_on_its_own_plans_step(walk: Walk) -> None:
    plan, other = walk.submitted(), walk.submitted()
    walk.do("head", services.return_support_plan, plan_id=plan.pk, comment="Vēl.", remarks=[services.Remark("Vairāk.")])
    with scoped(walk.scope("head")):
        remark = PlanRemark.objects.get(plan=plan)
        with pytest.raises(ProgrammingError), transaction.atomic():
            PlanRemark.objects.filter(pk=remark.pk).update(text="Mazāk.")
        values = {"plan": other, "institution_id": other.institution_id, "step_id": remark.step_id, "position": 1, "text": "X"}
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanRemark.objects.create(**values)

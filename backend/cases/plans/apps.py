from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import by_institution
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited, of_learner, of_plan

ROOM = "plans"


class PlansConfig(AppConfig):
    name = "backend.cases.plans"
    label = "plans"
    verbose_name = "Individual support plans"

    def ready(self) -> None:
        from backend.cases.plans import leaving  # noqa: F401  (registers what stands against an institution's leaving)

    # Children repeat their plan's institution (and learner); composite keys in the migration hold them equal.
    row_security = [
        by_institution("plans_supportplan", room=ROOM),
        by_institution("plans_planstep", room=ROOM),
        by_institution("plans_riskassessment", room=ROOM),
        by_institution("plans_measure", room=ROOM),
        by_institution("plans_restrictednote", room=ROOM),
        by_institution("plans_application", room=ROOM),
        by_institution("plans_planauthor", room=ROOM),
        by_institution("plans_planoutcome", room=ROOM),
        by_institution("plans_planremark", room=ROOM),
    ]
    audited = [
        Audited("plans.SupportPlan", learner=of_learner(), indexed=("institution_id", "semester_id")),
        Audited("plans.PlanStep", learner=of_plan(), recorded="at"),
        Audited("plans.RiskAssessment", learner=of_plan(), indexed=("plan_id",)),
        # `kind_code` repeats the code of the measure's kind, a reference list.
        Audited("plans.Measure", learner=of_learner(), keep=("kind_code",), indexed=("plan_id",)),
        Audited("plans.RestrictedNote", learner=of_learner()),
        Audited("plans.Application", learner=of_learner()),
        Audited("plans.PlanAuthor", learner=of_plan()),
        Audited("plans.PlanOutcome", learner=of_plan()),
        # The tag names a type; the key leads to a row that says nothing without its own reader's role.
        Audited("plans.PlanRemark", learner=of_plan()),
    ]
    append_only = ["plans_planstep", "plans_planremark"]
    constraint_answers = {
        "plan_once_a_semester": Problem(
            Code.DUPLICATE, _("The learner has a plan of this institution in this semester. Work on that one."), "learner_id"
        ),
        "plan_period_inside_semester": Problem(
            Code.OUT_OF_PERIOD,
            _("The plan's period must lie inside the semester's. Change its first or last day."),
            "period_from",
        ),
        "application_once_a_semester": Problem(
            Code.DUPLICATE,
            _("There is an application for this semester already. Withdraw it before recording another."),
            "learner_id",
        ),
        "measure_risk_of_plan": Problem(
            Code.NOT_FOUND, _("The risk is not on this plan. Choose one of the plan's risks."), "risk_id"
        ),
    }

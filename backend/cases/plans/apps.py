from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import by_institution
from backend.core.refusals import Code, Problem

ROOM = "plans"


class PlansConfig(AppConfig):
    name = "backend.cases.plans"
    label = "plans"
    verbose_name = "Individual support plans"

    # Children repeat their plan's institution (and learner); composite keys in the migration hold them equal.
    row_security = [
        by_institution("plans_supportplan", room=ROOM),
        by_institution("plans_planstep", room=ROOM),
        by_institution("plans_riskassessment", room=ROOM),
        by_institution("plans_measure", room=ROOM),
    ]
    append_only = ["plans_planstep"]
    constraint_answers = {
        "plan_once_a_semester": Problem(
            Code.DUPLICATE, _("The learner has a plan of this institution in this semester. Work on that one."), "learner_id"
        ),
        "plan_period_inside_semester": Problem(
            Code.OUT_OF_PERIOD,
            _("The plan's period must lie inside the semester's. Change its first or last day."),
            "period_from",
        ),
        "measure_risk_of_plan": Problem(
            Code.NOT_FOUND, _("The risk is not on this plan. Choose one of the plan's risks."), "risk_id"
        ),
    }

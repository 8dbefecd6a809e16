from django.apps import AppConfig

from backend.core.database.policies import by_institution
from backend.core.trail.declarations import Audited, of_learner, of_plan


class PlansConfig(AppConfig):
    name = "backend.cases.plans"
    label = "plans"
    verbose_name = "Individual support plans"

    # Children repeat their plan's institution (and learner); composite keys in the migration hold them equal.
    row_security = [
        by_institution("plans_supportplan"),
        by_institution("plans_planstep"),
        by_institution("plans_riskassessment"),
        by_institution("plans_measure"),
        by_institution("plans_restrictednote"),
    ]
    append_only = ["plans_planstep"]
    audited = [
        Audited("plans.SupportPlan", learner=of_learner()),
        Audited("plans.PlanStep", learner=of_plan(), recorded="at"),
        Audited("plans.RiskAssessment", learner=of_plan()),
        # `kind_code` repeats the code of the measure's kind, a reference list.
        Audited("plans.Measure", learner=of_learner(), keep=("kind_code",)),
        Audited("plans.RestrictedNote", learner=of_learner()),
    ]

from django.apps import AppConfig

from backend.core.database.policies import by_institution


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
    ]
    append_only = ["plans_planstep"]

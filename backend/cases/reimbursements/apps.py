from django.apps import AppConfig

from backend.core.database.policies import by_institution


class ReimbursementsConfig(AppConfig):
    name = "backend.cases.reimbursements"
    label = "reimbursements"
    verbose_name = "Reimbursements"

    row_security = [by_institution("reimbursements_reimbursementclaim", room="money")]

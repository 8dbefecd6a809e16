from django.apps import AppConfig


class ReimbursementsConfig(AppConfig):
    name = "backend.cases.reimbursements"
    label = "reimbursements"
    verbose_name = "Reimbursements"

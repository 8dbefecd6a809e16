from django.apps import AppConfig

from backend.core.database.policies import by_institution
from backend.core.trail.declarations import Audited, of_learner


class ReimbursementsConfig(AppConfig):
    name = "backend.cases.reimbursements"
    label = "reimbursements"
    verbose_name = "Reimbursements"

    audited = [Audited("reimbursements.ReimbursementClaim", learner=of_learner(), erase={"basis_note": "'—'"})]
    row_security = [by_institution("reimbursements_reimbursementclaim", room="money")]

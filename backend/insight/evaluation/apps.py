from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import PRINCIPAL, RowPolicy, by_institution
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited, of_learner

_KNOWN = f"{PRINCIPAL} is not null"


class EvaluationConfig(AppConfig):
    name = "backend.insight.evaluation"
    label = "evaluation"
    verbose_name = "Evaluation and early warning"

    row_security = [
        by_institution("evaluation_learnerindicator", room="learners"),
        by_institution("evaluation_earlywarning", room="plans"),
        # Studies are about no learner; they name who registered them. Any known caller; services ask for the role.
        RowPolicy("evaluation_study", using=_KNOWN),
    ]
    audited = [
        Audited("evaluation.LearnerIndicator", learner=of_learner()),
        Audited("evaluation.EarlyWarning", learner=of_learner()),
        Audited("evaluation.Study"),
    ]
    append_only = ["evaluation_studyresult", "evaluation_studypublication"]
    constraint_answers = {
        "study_is_frozen": Problem(
            Code.LOCKED, _("The study is registered: its specification cannot change. Register another study."), "specification"
        ),
        "indicator_once_a_semester": Problem(
            Code.DUPLICATE, _("Indicators of this learner and semester are recorded already. Change those."), "semester_id"
        ),
    }

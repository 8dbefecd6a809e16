from django.apps import AppConfig

from backend.core.database.policies import INSTITUTIONS, WHOLE_STATE, RowPolicy
from backend.core.trail.declarations import BLANK_DATE, Audited, of_learner


class LearnersConfig(AppConfig):
    name = "backend.cases.learners"
    label = "learners"
    verbose_name = "Learners"

    # A learner carries no owner: seen where an enrolment lies in scope, or where the caller registered it (a row must be
    # visible before its first enrolment). Why this stays right after a transfer: docs/decisions/0006-row-security.md.
    row_security = [
        RowPolicy(
            "learners_learner",
            using=(
                f"{WHOLE_STATE} or registering_institution_id = any {INSTITUTIONS} or exists ("  # noqa: S608 (constants only)
                "select 1 from learners_enrolment e where e.learner_id = learners_learner.id "
                f"and e.institution_id = any {INSTITUTIONS})"
            ),
            insert_check=f"{WHOLE_STATE} or registering_institution_id = any {INSTITUTIONS}",
        ),
        # An enrolment opens its learner to the institution: so only for a learner whom the caller sees already.
        RowPolicy(
            "learners_enrolment",
            using=f"{WHOLE_STATE} or institution_id = any {INSTITUTIONS}",
            check=f"({WHOLE_STATE} or institution_id = any {INSTITUTIONS}) and learners_in_sight(learner_id)",
        ),
        # What is encrypted goes where its learner goes.
        RowPolicy("learners_learneridentity", using="exists (select 1 from learners_learner l where l.id = learner_id)"),
    ]
    audited = [
        Audited(
            "learners.Learner",
            learner=of_learner("id"),
            erase={"birth_date": BLANK_DATE},
            on_erase={"erased_at": "now()", "version": "version + 1", "updated_at": "now()"},
        ),
        Audited("learners.LearnerIdentity", learner=of_learner()),
        # The education programme is a line of the register of programmes, the same for all who follow it.
        Audited("learners.Enrolment", learner=of_learner(), keep=("education_programme",)),
    ]

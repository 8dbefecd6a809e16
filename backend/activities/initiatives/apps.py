from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import PRINCIPAL, RowPolicy, by_institution
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited, of_learner

ROOM = "plans"


def _municipality(verb: str) -> str:
    """Condition: the caller reads or writes the room in every institution of the row's municipality.

    The list is computed once a statement; the municipality of a row is the organiser's, followed through its successors.
    """
    allowed = f"current_setting('app.{verb}_{ROOM}', true)"
    return f"((select {allowed}) = '*' or municipality_id = any ((select initiatives_municipalities({allowed}))::uuid[]))"


def _of_projects(mine: str) -> str:
    return f"project_id = any ((select {mine}())::uuid[])"


_ORGANISER, _ORGANISER_WRITES = _municipality("reads"), _municipality("writes")
_MY_PROJECTS, _MY_SCORING = _of_projects("initiatives_my_projects"), _of_projects("initiatives_scored_by_me")
_OWN_ORGANISATION = "organisation_id = any ((select initiatives_my_organisations())::uuid[])"


class InitiativesConfig(AppConfig):
    name = "backend.activities.initiatives"
    label = "initiatives"
    verbose_name = "Youth initiative projects"

    # Organiser, applicant and scorers see a project; only organiser and scorers see points; only institutions see learners.
    row_security = [
        RowPolicy(
            "initiatives_organisationmember",
            using=f"{_ORGANISER} or user_id = {PRINCIPAL} or {_OWN_ORGANISATION}",
            write=_ORGANISER_WRITES,
        ),
        RowPolicy(
            "initiatives_initiativeproject",
            using=f"{_ORGANISER} or {_OWN_ORGANISATION} or id = any ((select initiatives_scored_by_me())::uuid[])",
            write=f"{_ORGANISER_WRITES} or {_OWN_ORGANISATION}",
        ),
        *(
            RowPolicy(
                table,
                using=f"{_ORGANISER} or {_MY_PROJECTS} or {_MY_SCORING}",
                write=f"{_ORGANISER_WRITES} or {_MY_PROJECTS}",
            )
            for table in ("initiatives_projectstep", "initiatives_projectpartner", "initiatives_projectreport")
        ),
        RowPolicy(
            "initiatives_projectscorer",
            using=f"{_ORGANISER} or scorer_id = {PRINCIPAL}",
            write=_ORGANISER_WRITES,
            update_using=f"{_ORGANISER_WRITES} or scorer_id = {PRINCIPAL}",
        ),
        RowPolicy(
            "initiatives_projectscore",
            using=f"{_ORGANISER} or scorer_id = {PRINCIPAL}",
            write=f"scorer_id = {PRINCIPAL}",
        ),
        by_institution("initiatives_projectparticipant", room=ROOM),
    ]
    audited = [
        Audited("initiatives.YouthOrganisation"),
        Audited("initiatives.OrganisationMember"),
        Audited("initiatives.InitiativeCall"),
        Audited("initiatives.InitiativeProject"),
        Audited("initiatives.ProjectStep", recorded="at"),
        Audited("initiatives.ProjectReport"),
        Audited("initiatives.ProjectScorer"),
        Audited("initiatives.ProjectScore"),
        Audited("initiatives.ProjectParticipant", learner=of_learner()),
    ]
    append_only = ["initiatives_projectstep"]
    constraint_answers = {
        "project_grant_of_call": Problem(
            Code.INVALID, _("The amount must be exactly the call's grant, neither more nor less."), "amount"
        ),
        "project_score_within_criterion": Problem(
            Code.LIMIT_EXCEEDED, _("The criterion gives fewer points. Give at most as many as it allows."), "points"
        ),
        "initiative_transition_in_force": Problem(
            Code.UNMET_CONDITION,
            _("This step does not follow from where it stands now. Take the steps in their order."),
            "status",
        ),
        "participant_measure": Problem(
            Code.NOT_FOUND, _("The learner's plan gives no place in a youth project. Plan the measure first."), "measure_id"
        ),
        "participant_once": Problem(Code.DUPLICATE, _("The learner takes part in this project already."), "learner_id"),
    }

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import ON, RowPolicy, reads, writes
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import BLANK_DATE, LEARNER, Audited, of_learner

ROOM = "learners"
_OPEN_HERE = (
    "exists (select 1 from learners_enrolment e where e.learner_id = learners_learner.id "  # noqa: S608 (constants only)
    f"and (e.ends_on is null or e.ends_on >= {ON}) and {writes(ROOM, 'e.institution_id')})"
)
_NOT_YET_ENROLLED = f"({writes(ROOM, 'registering_institution_id')} and not learners_ever_enrolled(id))"
_REGISTERED_HERE = (
    "(not learners_ever_enrolled(learners_learneridentity.learner_id) and exists (select 1 from learners_learner l "  # noqa: S608
    f"where l.id = learners_learneridentity.learner_id and {writes(ROOM, 'l.registering_institution_id')}))"
)
_WRITES_SOMEWHERE = "(select nullif(current_setting('app.writes_learners', true), '')) is not null"


def _seen(column: str) -> str:
    return f"exists (select 1 from learners_learner l where l.id = {column})"  # noqa: S608 (constants only)


_BOTH_SEEN = f"{_seen('first_id')} and {_seen('second_id')}"
_PAIR_SEEN = "exists (select 1 from learners_duplicatecandidate d where d.id = candidate_id)"


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
                f"{reads(ROOM, 'registering_institution_id')} or exists ("  # noqa: S608 (constants only)
                "select 1 from learners_enrolment e where e.learner_id = learners_learner.id "
                f"and {reads(ROOM, 'e.institution_id')})"
            ),
            write=writes(ROOM, "registering_institution_id"),
            # Who may change a learner: where it is enrolled today or later; until the first enrolment, who registered it.
            # An institution that it left keeps reading, and changes nothing (docs/decisions/0040-scope-by-room.md).
            update_using=f"{_OPEN_HERE} or {_NOT_YET_ENROLLED}",
        ),
        # An enrolment opens its learner to the institution: so only for a learner whom the caller sees already.
        RowPolicy(
            "learners_enrolment",
            using=reads(ROOM, "institution_id"),
            write=writes(ROOM, "institution_id"),
            insert_check="learners_in_sight(learner_id)",
            check=f"{writes(ROOM, 'institution_id')} and learners_in_sight(learner_id)",
        ),
        # What is encrypted goes where its learner goes.
        RowPolicy(
            "learners_learneridentity",
            using="exists (select 1 from learners_learner l where l.id = learners_learneridentity.learner_id)",
            write=f"({_OPEN_HERE.replace('learners_learner.id', 'learners_learneridentity.learner_id')}) or {_REGISTERED_HERE}",
        ),
        # A pair tells that two records may be one person: only to who sees both records. Merging changes the learners
        # themselves, which their own policies judge.
        RowPolicy("learners_duplicatecandidate", using=_BOTH_SEEN, write=f"{_WRITES_SOMEWHERE} and {_BOTH_SEEN}"),
        RowPolicy("learners_mergedrow", using=_PAIR_SEEN, write=f"{_WRITES_SOMEWHERE} and {_PAIR_SEEN}"),
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
        Audited("learners.DuplicateCandidate", learner=f"(first_id = {LEARNER} or second_id = {LEARNER})"),
        Audited("learners.MergedRow", learner=of_learner("moved_from_id"), recorded="moved_at"),
    ]
    append_only = ["learners_mergedrow"]
    constraint_answers = {
        # The overlapping enrolment may be another institution's, which the caller must not learn: one answer for both.
        "enrolment_no_overlap": Problem(
            Code.CONFLICT,
            _(
                "The learner cannot be enrolled for this period. Check the first day;"
                " if the learner comes from elsewhere, a transfer moves the enrolment."
            ),
            "starts_on",
        ),
        "duplicate_is_open": Problem(
            Code.CONFLICT, _("The pair has been decided already. Read it again."), "duplicate_candidate_id"
        ),
        "duplicate_is_merged": Problem(
            Code.CONFLICT, _("The merge has been undone already. Read the pair again."), "duplicate_candidate_id"
        ),
        "merge_of_standing_records": Problem(
            Code.CONFLICT,
            _("One of the records has been merged with another or erased since. Read the pairs again."),
            "duplicate_candidate_id",
        ),
        # Which institutions those are stays untold: the caller may not know them.
        "merge_within_reach": Problem(
            Code.NOT_ALLOWED,
            _("The record that would be given up is not yours alone to move. Keep that one, or leave the pair open."),
            "kept_id",
        ),
        "merge_keeps_sealed_rows": Problem(
            Code.UNMET_CONDITION, _("Restricted notes hang on the record that would be given up. Keep that one."), "kept_id"
        ),
        "merge_enrolments_overlap": Problem(
            Code.UNMET_CONDITION,
            _("Both are enrolled at the same time in different stages or places. Mend or end one enrolment first."),
            "duplicate_candidate_id",
        ),
        "merge_rows_clash": Problem(
            Code.UNMET_CONDITION,
            _("Both hold what one person has once, such as a plan of one institution and semester. They cannot stand as one."),
            "duplicate_candidate_id",
        ),
        "unmerge_rows_joined": Problem(
            Code.UNMET_CONDITION,
            _("Rows of both records hang together by now. Close what was added since the merge first."),
            "duplicate_candidate_id",
        ),
        "enrolment_unit_of_institution": Problem(
            Code.INVALID, _("The unit is not one of this institution. Choose one of its units."), "structural_unit_id"
        ),
    }

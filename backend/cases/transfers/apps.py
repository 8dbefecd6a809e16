from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import RowPolicy, reads, writes
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited, of_learner

ROOM = "learners"


def _between(table: str) -> RowPolicy:
    """Both sides see and change it."""
    return RowPolicy(
        table,
        using=f"{reads(ROOM, 'institution_id')} or {reads(ROOM, 'to_institution_id')}",
        write=f"{writes(ROOM, 'institution_id')} or {writes(ROOM, 'to_institution_id')}",
    )


class TransfersConfig(AppConfig):
    name = "backend.cases.transfers"
    label = "transfers"
    verbose_name = "Transfers"

    row_security = [_between("transfers_transfer"), _between("transfers_transfershare")]
    audited = [Audited("transfers.Transfer", learner=of_learner()), Audited("transfers.TransferShare")]
    constraint_answers = {
        # The other transfer may have been proposed by a third institution: the answer does not say.
        "transfer_one_open": Problem(Code.CONFLICT, _("A transfer of this learner waits for a decision already."), "learner_id"),
        "transfer_enrolment_left": Problem(
            Code.INVALID, _("The enrolment is not this learner's at the sending institution."), "leaves_enrolment_id"
        ),
    }

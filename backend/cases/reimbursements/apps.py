from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import RowPolicy, by_institution
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited, of_learner

ROOM = "money"
_ALL_READ = "(select current_setting('app.reads_money', true)) = '*'"
_ALL_WRITTEN = "(select current_setting('app.writes_money', true)) = '*'"


class ReimbursementsConfig(AppConfig):
    name = "backend.cases.reimbursements"
    label = "reimbursements"
    verbose_name = "Reimbursements"

    audited = [
        Audited(
            "reimbursements.ReimbursementClaim",
            learner=of_learner(),
            erase={"basis_note": "'—'"},
            indexed=("measure_id",),
        ),
        # The fingerprint stays: it is keyed, tells nothing by itself, and the cost stays claimed.
        Audited("reimbursements.ClaimItem", learner=of_learner()),
        Audited(
            "reimbursements.ClaimDecision",
            learner=(
                "claim_id in (select id from reimbursements_reimbursementclaim where learner_id = {learner} "
                "union all select id from trail.reimbursements_reimbursementclaim where learner_id = {learner})"
            ),
            recorded="at",
            # A rejection keeps a reason: the text goes, that there was one stays.
            erase={"reason": "'—'"},
        ),
        Audited("reimbursements.PaymentBatch"),
        Audited("reimbursements.PaymentItem", indexed=("claim_id",)),
        Audited("reimbursements.LedgerEntry", recorded="recorded_at", indexed=("payment_id",)),
        Audited("reimbursements.LedgerPosting", indexed=("entry_id",)),
    ]
    append_only = ["reimbursements_claimdecision", "reimbursements_ledgerentry", "reimbursements_ledgerposting"]
    row_security = [
        by_institution("reimbursements_reimbursementclaim", room=ROOM),
        by_institution("reimbursements_claimitem", room=ROOM),
        by_institution("reimbursements_claimdecision", room=ROOM),
        by_institution("reimbursements_paymentitem", room=ROOM),
        by_institution("reimbursements_ledgerentry", room=ROOM),
        by_institution("reimbursements_ledgerposting", room=ROOM),
        # A batch is a partner's and names no person: seen where one of its items is, written by the agency alone.
        RowPolicy(
            "reimbursements_paymentbatch",
            using=(
                f"{_ALL_READ} or exists (select 1 from reimbursements_paymentitem i"  # noqa: S608 (constants only)
                " where i.batch_id = reimbursements_paymentbatch.id)"
            ),
            write=_ALL_WRITTEN,
        ),
    ]
    constraint_answers = {
        # The other claim may be any institution's: the answer says that the cost is claimed and nothing more.
        "claim_cost_once": Problem(
            Code.DUPLICATE,
            _("This cost has been claimed already. Check the document; a wrong claim is reversed, not repeated."),
            "items",
        ),
        "claim_reversed_within": Problem(
            Code.LIMIT_EXCEEDED, _("More would be taken back than was claimed. Take back what is left at most."), "amount"
        ),
        "payment_of_claim_once": Problem(Code.CONFLICT, _("A claim is in another payment batch. Leave it out."), "claims"),
        "claim_decided_once_by_each": Problem(
            Code.CONFLICT, _("You have decided on this claim. Another person gives the second approval."), "claim_id"
        ),
    }

    def ready(self) -> None:
        """Plans ask what stands against their end without knowing this room."""
        from backend.cases.plans import conditions
        from backend.cases.reimbursements import plan_ends

        conditions.CLOSING.append(plan_ends.against_closing)

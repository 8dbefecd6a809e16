"""The costs that a submitted month holds: claimed for it until it was submitted, and not refused before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, Q

from backend.accounts.fields import FieldAccess
from backend.accounts.scope import Scope
from backend.cases.delivery.models import MonthSubmission
from backend.cases.reimbursements.models import ClaimItem, ClaimStatus, ReimbursementClaim
from backend.cases.reimbursements.policies import CLAIMS


def held_by_submission(own: Callable[[str], Any]) -> Q:
    """Condition for the claims of a submission; `own` gives its columns (`institution`, `month`, `submitted_at`).

    What is claimed or refused later does not change it: a month's costs may be claimed after its hours were submitted.
    """
    in_time = Q(institution=own("institution"), period=own("month"), created_at__lte=own("submitted_at"))
    return in_time & ~Q(status=ClaimStatus.REJECTED, decided_at__lte=own("submitted_at"))


def month_claims(*, scope: Scope, submission: MonthSubmission) -> list[ReimbursementClaim] | None:
    """The claims of a submission with plan, items and proofs, in the order of their keys; None where the caller's role does not
    read all that they say. Two statements.
    """
    told = ((ReimbursementClaim, "kind"), (ReimbursementClaim, "amount"), (ClaimItem, "seller"), (ClaimItem, "document_number"))
    if not all(FieldAccess(scope, CLAIMS, model, name).shows(submission) for model, name in told):
        return None
    items = ClaimItem.objects.select_related("proof", "tariff").order_by("incurred_on", "id")
    return list(
        ReimbursementClaim.objects.filter(CLAIMS.visible(scope), held_by_submission(lambda name: getattr(submission, name)))
        .select_related("measure__plan", "reverses")
        .prefetch_related(Prefetch("items", items))
        .order_by("measure__plan__number", "id")
    )

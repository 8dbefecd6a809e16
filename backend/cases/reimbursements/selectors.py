"""Reads of claims, inside the caller's scope."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.cases.reimbursements.policies import CLAIMS


def reimbursement_claims(*, scope: Scope) -> QuerySet[ReimbursementClaim]:
    """Claims that `scope` reaches, by month."""
    return ReimbursementClaim.objects.filter(CLAIMS.visible(scope)).order_by("period", "id")

"""Sums of claims as expressions over the rows that they hang on."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Case, Expression, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from backend.accounts.scope import Scope
from backend.cases.reimbursements.models import SETTLED
from backend.cases.reimbursements.selectors import reimbursement_claims
from backend.core.money import EuroField


def approved_under_measure(scope: Scope) -> Expression:
    """Over measures: euro approved or paid under it, net of reversals; null for what is no reimbursement.

    A measure and its claims belong to one institution, so whoever reads money there sees all of them.
    """
    own = reimbursement_claims(scope=scope).filter(measure=OuterRef("pk"), status__in=SETTLED).order_by().values("measure")
    total = Subquery(own.annotate(total=Sum("amount")).values("total"), output_field=EuroField())
    return Case(
        When(category="REIMBURSEMENT", then=Coalesce(total, Value(Decimal(0)), output_field=EuroField())),
        output_field=EuroField(),
    )

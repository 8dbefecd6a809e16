"""Case rows as they were known at a moment, for figures of the past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment
from backend.cases.plans.models import Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import LedgerEntry, LedgerPosting, PaymentItem, ReimbursementClaim
from backend.core.trail.history import Known, known_at
from backend.insight.statistics.reach import Reach


def case_rows_at(
    moment: dt.datetime, *, reach: Reach, semesters: Sequence[UUID] | None, with_funding: bool = False
) -> AbstractContextManager[None]:
    """Inside, plans and what hangs on them are read as they were known; each table is looked through below the one before it.

    `semesters` None: all of them. `with_funding`: grades, courses and the ledger too.
    """
    wanted: list[str] = []
    parameters: list[Any] = []
    if semesters is not None:
        wanted.append("semester_id = any(%s)")
        parameters.append(list(semesters))
    if reach.places is not None:
        wanted.append("institution_id = any(%s)")
        parameters.append(reach.places)
    below, under = (
        "plan_id = any(array(select id from plans_supportplan))",
        "measure_id = any(array(select id from plans_measure))",
    )
    tables = [
        Known(SupportPlan, " and ".join(wanted), tuple(parameters)),
        Known(RiskAssessment, below),
        Known(Measure, below),
        Known(Consultation, under),
        Known(ReimbursementClaim, under),
    ]
    if with_funding:
        tables += [
            Known(Enrolment, "id = any(array(select enrolment_id from plans_supportplan))"),
            Known(PaymentItem, "claim_id = any(array(select id from reimbursements_reimbursementclaim))"),
            Known(LedgerEntry, "payment_id = any(array(select id from reimbursements_paymentitem))"),
            Known(LedgerPosting, "entry_id = any(array(select id from reimbursements_ledgerentry))"),
        ]
    return known_at(moment, tables)

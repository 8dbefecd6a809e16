"""What waits with the money: claims to decide on, payments to prepare, to release and to record as paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    Exists,
    Field,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from backend.accounts.models import Role
from backend.accounts.policy import NOTHING
from backend.accounts.roles import ACTS, Act, Area
from backend.cases.plans.models import PlanAuthor
from backend.cases.reimbursements.due import owed_now
from backend.cases.reimbursements.models import (
    BatchStatus,
    ClaimDecision,
    ClaimStatus,
    PaymentBatch,
    PaymentItem,
    ReimbursementClaim,
)
from backend.cases.reimbursements.policies import BATCHES, CLAIMS
from backend.registry.deadlines import due
from backend.registry.desk import SINCE, Desk, Waiting, since_last
from backend.registry.models import ApprovalSubject, ApprovalTier, CooperationAgreement, InstitutionParticipation, Step
from backend.registry.policies import AGREEMENTS
from backend.territory.selectors import in_force


def waiting(desk: Desk) -> Iterator[Waiting]:
    """Claims to decide on, payments to prepare, to release and to record as paid."""
    yield from _claims(desk)
    yield from _due(desk)
    yield from _payments(desk)


def _claims(desk: Desk) -> Iterator[Waiting]:
    """Nobody decides on the own claim, nor twice on one (`services.decisions`)."""
    decisions = ClaimDecision.objects.filter(claim=OuterRef("pk"))
    rows = ReimbursementClaim.objects.filter(status=ClaimStatus.CLAIMED).order_by()
    rows = rows.annotate(**{SINCE: since_last(ClaimDecision, of="claim")})
    if desk.person is not None:
        rows = rows.filter(Q(claimed_by=None) | ~Q(claimed_by=desk.person), ~Exists(decisions.filter(actor_id=desk.person)))

    def acted(role: str) -> Q:
        if role != Role.PLAN_AUTHOR or desk.person is None:
            return NOTHING
        together = PlanAuthor.objects.filter(plan=OuterRef("measure__plan_id"), user_id=desk.person)
        return Q(measure__plan__author_id=desk.person) | Q(Exists(together))

    found = desk.turns(rows, policy=CLAIMS, roles=_deciders(), acted=acted)
    yield from Waiting.of(
        found,
        kind="DECIDE_CLAIM",
        room=Area.MONEY,
        tag=ReimbursementClaim.tag,
        due=due(Step.CLAIM_APPROVE, since=SINCE),
        learner="learner_id",
        semester="measure__plan__semester_id",
        detail="period",
    )


def _deciders() -> list[str]:
    """The head first: for whom it waits where nobody in particular asks."""
    return sorted(ACTS[Act.DECIDE_REIMBURSEMENT][1], key=lambda role: (role != Role.INSTITUTION_HEAD, role))


def _due(desk: Desk) -> Iterator[Waiting]:
    """Partners who are owed something that no payment holds (`services.payments.create_payment_batch`)."""
    if not desk.scope.reaches_whole_state(Area.MONEY):
        return  # a partner's claims are seen as a whole, or the sum is another one
    owed = owed_now(until=desk.scope.on.replace(day=1)).order_by().values_list("agreement")
    told = owed.annotate(sum=Sum("claim__amount"), month=Min("claim__period"), since=Min("recorded_at")).filter(sum__gt=0)
    # Added up first: asked for each partner, and for each of its columns, it took half a minute in a country of the real size.
    months, since = {}, {}
    for agreement, _sum, month, first_recorded in told:
        months[agreement], since[agreement] = month, first_recorded
    if not months:
        return
    first = InstitutionParticipation.objects.filter(agreement=OuterRef("pk")).order_by("joined_on").values("institution_id")[:1]
    rows = CooperationAgreement.objects.filter(pk__in=list(months)).order_by()
    rows = rows.annotate(
        _place=Subquery(first), _month=_of_each(months, DateField()), **{SINCE: _of_each(since, DateTimeField())}
    )
    found = desk.turns(rows, policy=AGREEMENTS, area=Area.MONEY, roles=sorted(ACTS[Act.PAY][1]), path="_place", separate=False)
    yield from Waiting.of(
        found,
        kind="PREPARE_PAYMENT",
        room=Area.MONEY,
        tag=CooperationAgreement.tag,
        due=due(Step.MONTH_PAY, since=SINCE, month="_month"),
        institution="",
        detail="number",
    )


def _of_each(values: Mapping[UUID, dt.date], field: Field[Any, Any]) -> Case:
    """What is known of each row by its key."""
    return Case(*[When(pk=key, then=Value(value)) for key, value in values.items()], output_field=field)


def _payments(desk: Desk) -> Iterator[Waiting]:
    payers = sorted(ACTS[Act.PAY][1])
    for status, kind in ((BatchStatus.PREPARED, "RELEASE_PAYMENT"), (BatchStatus.SENT, "SETTLE_PAYMENT")):
        rows = _batches(status)
        if status == BatchStatus.PREPARED and desk.person is not None:
            tier = ApprovalTier.objects.filter(
                in_force(desk.scope.on),
                subject=ApprovalSubject.PAYMENT_BATCH,
                programme_id=OuterRef("agreement__programme_id"),
                amount_from__lte=OuterRef("total"),
            ).order_by("-amount_from")
            people = Coalesce(Subquery(tier.values("approvals")[:1]), Value(1), output_field=IntegerField())
            rows = rows.annotate(_people=people).filter(Q(_people=1) | Q(prepared_by=None) | ~Q(prepared_by=desk.person))
        found = desk.turns(rows, policy=BATCHES, roles=payers, path="_place", separate=False)
        yield from Waiting.of(
            found,
            kind=kind,
            room=Area.MONEY,
            tag=PaymentBatch.tag,
            due=due(Step.MONTH_PAY, since=SINCE, month="month"),
            institution="",
            detail="message_id",
        )


def _batches(status: str) -> QuerySet[PaymentBatch]:
    first = PaymentItem.objects.filter(batch=OuterRef("pk")).order_by("id").values("institution_id")[:1]
    since = Greatest("created_at", "sent_at", output_field=DateTimeField())
    rows = PaymentBatch.objects.filter(status=status).order_by()
    return rows.annotate(_place=Subquery(first), **{SINCE: since}).filter(_place__isnull=False)

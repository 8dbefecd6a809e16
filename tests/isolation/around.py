"""The tables around plans, hours and money in a random country, and what the oracle says of each.

Most are flat: a row lies in one room of one school. The others have a judgement of their own below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import ProgrammingError, transaction
from django.db.models import F

from backend.cases.casefiles.selectors import case_files
from backend.cases.delivery import selectors as delivery
from backend.cases.learners import selectors as learners
from backend.cases.plans import selectors as plans
from backend.cases.reimbursements import selectors as money
from backend.cases.transfers import selectors as transfers
from backend.registry.models import (
    CooperationAgreement,
    InstitutionParticipation,
    LedgerAccount,
    OutcomeTheme,
    PartnerAccount,
    Position,
)
from backend.registry.selectors import staff_contracts
from backend.territory.models import Programme
from tests.isolation import oracle

if TYPE_CHECKING:
    from tests.isolation.country import Country
    from tests.isolation.doors import Case

_ROOMS = {"learners": "L", "plans": "P", "delivery": "D", "money": "M"}


@dataclass(frozen=True)
class Table:
    """Its room, its selector, and whether rows are only added. Empty room: judged by hand."""

    label: str
    room: str
    select: Callable[..., Any]
    append_only: bool = False


_TABLES = [  # in the order in which they can be written
    Table("registry.StaffContract", "D", staff_contracts),
    Table("casefiles.CaseFile", "", case_files),
    Table("learners.DuplicateCandidate", "", learners.duplicate_candidates),
    Table("learners.MergedRow", "", learners.merged_rows, append_only=True),
    Table("plans.Application", "P", plans.applications),
    Table("plans.PlanAuthor", "P", plans.plan_authors),
    Table("plans.PlanOutcome", "P", plans.plan_outcomes),
    Table("plans.PlanRemark", "P", plans.plan_remarks, append_only=True),
    Table("delivery.ConsultationSheet", "D", delivery.consultation_sheets),
    Table("delivery.RemoteOrder", "D", delivery.remote_orders),
    Table("delivery.RemoteOrderStaff", "D", delivery.remote_order_staff),
    Table("delivery.RemoteOrderPlan", "D", delivery.remote_order_plans),
    Table("delivery.ConfirmationCode", "D", delivery.confirmation_codes),
    Table("delivery.MonthSubmission", "D", delivery.month_submissions),
    Table("delivery.Timesheet", "D", delivery.timesheets),
    Table("delivery.TimesheetLine", "D", delivery.timesheet_lines),
    Table("delivery.TimesheetStep", "D", delivery.timesheet_steps, append_only=True),
    Table("reimbursements.ClaimItem", "M", money.claim_items),
    Table("reimbursements.ClaimDecision", "M", money.claim_decisions, append_only=True),
    Table("reimbursements.PaymentBatch", "", money.payment_batches),
    Table("reimbursements.PaymentItem", "M", money.payment_items),
    Table("reimbursements.LedgerEntry", "M", money.ledger_entries, append_only=True),
    Table("reimbursements.LedgerPosting", "M", money.ledger_postings, append_only=True),
    Table("transfers.Transfer", "", transfers.transfers),
    Table("transfers.TransferShare", "", transfers.transfer_shares),
]
TABLES: dict[type[Any], Table] = {apps.get_model(table.label): table for table in _TABLES}
_CLASSES = {model.__name__: model for model in TABLES}


def settle(country: Country) -> None:
    """Rows around every plan of the country; between its learners, pairs and transfers. As the owner."""
    place = country.schools[0].municipality
    agreement = CooperationAgreement.objects.create(
        programme=Programme.objects.get(), number="W-1", signed_on=dt.date(2017, 9, 1), municipality=place
    )
    InstitutionParticipation.objects.bulk_create(
        InstitutionParticipation(agreement=agreement, institution=school, joined_on=dt.date(2017, 9, 1))
        for school in country.schools
    )
    account = PartnerAccount.objects.create(
        agreement=agreement, holder="W", iban="LV80BANK0000435195001", valid_from=dt.date(2017, 9, 1)
    )
    for number, plan in enumerate(country.rows[apps.get_model("plans.SupportPlan")]):
        _around_plan(country, plan, number, account)
    people = list(enumerate(country.learners))
    for (at, one), (other_at, other) in pairwise(people):
        _between(country, (at, one), (other_at, other))
    for model in TABLES:
        model.objects.bulk_create(country.rows[model])


def clear() -> None:
    """Remove the rows of every country, agreements too."""
    for model in reversed(TABLES):
        model.objects.all()._raw_delete("default")
    PartnerAccount.objects.filter(agreement__number="W-1")._raw_delete("default")
    InstitutionParticipation.objects.filter(agreement__number="W-1")._raw_delete("default")
    CooperationAgreement.objects.filter(number="W-1")._raw_delete("default")


def _around_plan(country: Country, plan: Any, number: int, account: PartnerAccount) -> None:
    school = country.owned["SupportPlan"][plan.pk]
    own: dict[str, Any] = {"institution": plan.institution}

    def put(model: str, /, **values: Any) -> Any:
        return country.put(_CLASSES[model](**own, **values), school)

    measures = [row for row in country.rows[apps.get_model("plans.Measure")] if row.plan_id == plan.pk]
    claims = [
        row for row in country.rows[apps.get_model("reimbursements.ReimbursementClaim")] if row.learner_id == plan.learner_id
    ]
    claim = next(row for row in claims if row.institution_id == plan.institution_id)
    position = Position.objects.get(code="pedagogs")
    put(
        "StaffContract",
        user=country.provider,
        position=position,
        starts_on=dt.date(1990 + number, 1, 1),
        ends_on=dt.date(1990 + number, 6, 1),
    )
    for room, purpose in (
        ("learners", "NO_CODE_PROOF"),
        ("plans", "APPLICATION"),
        ("delivery", "SIGNED_SHEET"),
        ("money", "COST_PROOF"),
    ):
        put(
            "CaseFile",
            room=room,
            purpose=purpose,
            name="W",
            media_type="image/png",
            size=1,
            sha256="0" * 64,
            storage_key=f"{plan.pk}{room}",
        )
    put("Application", learner=plan.learner, semester=plan.semester, signer_kind="PARENT", signed_on=dt.date(2023, 1, 9))
    put("PlanAuthor", plan=plan, user=country.provider)
    put("PlanOutcome", plan=plan, theme=OutcomeTheme.objects.get(code="fewer_absences"))
    step = next(row for row in country.rows[apps.get_model("plans.PlanStep")] if row.plan_id == plan.pk)
    put("PlanRemark", plan=plan, step=step, position=0, text="W")
    teaching = next(row for row in measures if row.kind_code == "TEACHER")
    put(
        "ConsultationSheet",
        measure=teaching,
        learner=plan.learner,
        specialist_role="TEACHER",
        provider=country.provider,
        number=f"W-{number}",
    )
    first = dt.date(2000 + number, 1, 1)
    order = put(
        "RemoteOrder", number=f"W-{number}", signed_on=first, valid_from=first, valid_to=first, channels=["W"], confirmation="W"
    )
    put("RemoteOrderStaff", order=order, user=country.provider)
    put("RemoteOrderPlan", order=order, plan=plan, learner=plan.learner)
    put("ConfirmationCode", learner=plan.learner, code_hash=f"W-{number}", expires_at=dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
    put("MonthSubmission", agreement=account.agreement, month=first)
    sheet = put("Timesheet", provider=country.provider, month=first, hours=1)
    put("TimesheetLine", timesheet=sheet, specialist_role="TEACHER", position=position, hours=1, hours_by_day=[1, *[0] * 30])
    put("TimesheetStep", timesheet=sheet, to_status="ENTERED")
    put("ClaimItem", claim=claim, learner=plan.learner, incurred_on=first, amount=30, fingerprint=f"W-{number}")
    put("ClaimDecision", claim=claim, verdict="APPROVED", actor=country.provider)
    batch = _CLASSES["PaymentBatch"](
        agreement=account.agreement, account=account, month=first, message_id=f"W-{number}", total=30
    )
    country.put(batch, school)
    put("PaymentItem", batch=batch, claim=claim, amount=30)
    entry = put("LedgerEntry", agreement=account.agreement, kind="CLAIM_APPROVED", claim=claim, booked_on=first)
    cost, owed = (LedgerAccount.objects.get(code=code) for code in ("5100", "2100"))
    put("LedgerPosting", entry=entry, line=1, account=cost, debit=30)
    put("LedgerPosting", entry=entry, line=2, account=owed, credit=30)


def _between(country: Country, one: tuple[int, Any], other: tuple[int, Any]) -> None:
    first, second = sorted((one[1], other[1]), key=lambda learner: learner.pk)
    pair = _CLASSES["DuplicateCandidate"](first=first, second=second, bases=["NAME"], score=1)
    country.rows[type(pair)].append(pair)
    moved = _CLASSES["MergedRow"](candidate=pair, model="W", row=pair.pk, moved_from=second)
    country.rows[type(moved)].append(moved)
    here = country.world.learners[one[0]].registered_by
    there = (here + 1) % len(country.schools)
    sides = {"institution": country.schools[here], "to_institution": country.schools[there]}
    transfer = _CLASSES["Transfer"](learner=one[1], proposed_from="SENDING", effective_on=dt.date(2023, 1, 1), **sides)
    country.rows[type(transfer)].append(transfer)
    share = _CLASSES["TransferShare"](transfer=transfer, part="RISKS", mode="COPY", **sides)
    country.rows[type(share)].append(share)


def seen(case: Case, model: type[Any], *, writing: bool = False) -> set[Any]:
    """Keys that the oracle lets this user read, or change."""
    judge = oracle.writes if writing else oracle.reads
    reach = {room: judge(case.country.world, case.posts, room) for room in "LPDM"}
    if model.__name__ in {"DuplicateCandidate", "MergedRow"}:
        return _pairs_seen(case, model) if reach["L"] or not writing else set()
    if model.__name__ == "PaymentBatch" and writing:  # the agency alone
        state = [post for post in case.posts if post.level == "STATE"]
        if not oracle.writes(case.country.world, state, "M"):
            return set()
    return {row.pk for row in case.country.rows[model] if any(number in reach[room] for room, number in _places(case, row))}


def _places(case: Case, row: Any) -> list[tuple[str, int]]:
    """Rooms and schools in which a row lies."""
    numbers = {school.pk: number for number, school in enumerate(case.country.schools)}
    name = type(row).__name__
    if name == "CaseFile":
        return [(_ROOMS[row.room], numbers[row.institution_id])]
    if name in {"Transfer", "TransferShare"}:
        return [("L", numbers[row.institution_id]), ("L", numbers[row.to_institution_id])]
    if name == "PaymentBatch":
        return [("M", case.country.owned[name][row.pk])]
    return [(TABLES[type(row)].room, numbers[row.institution_id])]


def _pairs_seen(case: Case, model: type[Any]) -> set[Any]:
    """Pairs (or what their merges moved) both of whose learners the user sees."""
    country = case.country
    sighted = oracle.reads(country.world, case.posts, "L")
    people = zip(country.learners, country.world.learners, strict=True)
    known = {learner.pk for learner, fact in people if oracle.sees_learner(fact, sighted)}
    pairs = {row.pk for row in country.rows[_CLASSES["DuplicateCandidate"]] if {row.first_id, row.second_id} <= known}
    if model.__name__ == "DuplicateCandidate":
        return pairs
    return {row.pk for row in country.rows[model] if row.candidate_id in pairs}


def selectors_agree(case: Case, model: type[Any]) -> None:
    """What the platform's selector answers, and why."""
    found = TABLES[model].select(scope=case.scope)
    assert set(found.values_list("pk", flat=True)) == seen(case, model), model


def agree(case: Case, model: type[Any]) -> None:
    """The selector, plain reading, and plain changing as `app`."""
    selectors_agree(case, model)
    assert set(model.objects.values_list("pk", flat=True)) == seen(case, model), model
    try:
        with transaction.atomic():
            changed = model.objects.update(id=F("id"))
            assert not TABLES[model].append_only, model
            assert changed == len(seen(case, model, writing=True)), model
    except ProgrammingError:
        assert TABLES[model].append_only, model

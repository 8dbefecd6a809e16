"""What the database refuses around plans, hours and money, whoever writes it and however."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from backend.accounts.scope import enter_scope
from backend.cases.delivery.models import Consultation, Timesheet, TimesheetLine
from backend.cases.learners.identity import set_identity
from backend.cases.learners.models import DuplicateCandidate
from backend.cases.reimbursements.models import LedgerEntry, LedgerPosting, PaymentBatch, ReimbursementClaim
from backend.core.clock import now
from backend.core.vault.blind_index import blind_index
from tests.cases.test_constraints import changed, measure_of, refused, tried
from tests.factories.case_rows import (
    AgreementFactory,
    ApplicationFactory,
    CaseFileFactory,
    ConfirmationCodeFactory,
    DuplicateFactory,
    PartnerAccountFactory,
    RemoteOrderFactory,
    RemoteOrderPlanFactory,
    SheetFactory,
    SubmissionFactory,
    TimesheetFactory,
    TimesheetLineFactory,
    TransferFactory,
    TransferShareFactory,
)
from tests.factories.cast import Cast
from tests.factories.money_rows import (
    BatchFactory,
    ClaimDecisionFactory,
    ClaimItemFactory,
    LedgerEntryFactory,
    PaymentItemFactory,
    PostingFactory,
    balanced_entry,
)
from tests.factories.rows import STATE, ClaimFactory, ConsultationFactory, LearnerFactory, MeasureFactory

MOMENT = dt.datetime(2023, 4, 3, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _everything_in_reach(cast: Cast) -> None:
    """The scope must not be what refuses here."""
    enter_scope(STATE)


def hour_of(cast: Cast, name: str) -> Consultation:
    return Consultation.objects.get(measure=measure_of(cast, name, "TEACHER"))


def claim_of(cast: Cast, name: str) -> ReimbursementClaim:
    return ReimbursementClaim.objects.get(measure=measure_of(cast, name, "CATERING"))


# -- learners, papers, transfers ----------------------------------------------------------------------------------------------


def test_a_pair_is_written_once_in_order_and_explained(cast: Cast) -> None:
    pair = DuplicateFactory()
    refused("duplicate_once", lambda: DuplicateFactory(pair=None, first=pair.first, second=pair.second))
    refused("duplicate_in_order", lambda: DuplicateFactory(pair=None, first=pair.second, second=pair.first))
    refused("duplicate_is_explained", changed(pair, bases=[]))
    refused("duplicate_score", changed(pair, score=Decimal("1.001")))


def test_a_decision_on_a_pair_keeps_one_of_both(cast: Cast) -> None:
    pair, third = DuplicateFactory(), LearnerFactory()
    refused("duplicate_decided_with_status", changed(pair, status="DIFFERENT"))
    refused("duplicate_keeps_one_of_both", changed(pair, status="SAME_PERSON", decided_at=MOMENT))
    refused("duplicate_keeps_one_of_both", changed(pair, status="SAME_PERSON", decided_at=MOMENT, kept=third))
    changed(pair, status="SAME_PERSON", decided_at=MOMENT, kept=pair.first)()
    refused("duplicate_undone_with_status", changed(pair, status="UNDONE"))
    refused("learner_merged_into_another", changed(third, merged_into=third))


def test_the_same_code_is_noted_wherever_it_stands_and_shown_to_nobody_who_sees_one_record_only(cast: Cast) -> None:
    """Maple registers a code that birch knows."""
    own, foreign = (LearnerFactory(registering_institution=cast.schools[school]) for school in ("maple", "birch"))
    set_identity(learner=foreign, personal_code="328673-00679")
    enter_scope(cast.scope("author of maple"))
    set_identity(learner=own, personal_code="32867300679")
    assert not DuplicateCandidate.objects.exists()
    enter_scope(cast.scope("agency"))
    pair = DuplicateCandidate.objects.get()
    assert {pair.first_id, pair.second_id} == {own.pk, foreign.pk}
    assert (pair.bases, pair.status) == (["PERSONAL_CODE"], "OPEN")


def test_one_application_stands_a_semester_and_its_file_is_the_schools(cast: Cast) -> None:
    application = ApplicationFactory(learner=cast.learners["Anna"])
    refused("application_once_a_semester", lambda: ApplicationFactory(learner=cast.learners["Anna"]))
    refused("application_file_owner", changed(application, file=CaseFileFactory(institution=cast.schools["birch"])))
    refused("application_dates", changed(application, withdrawn_on=dt.date(2023, 1, 9)))
    refused("owner_stays", changed(application, institution=cast.schools["birch"]))
    changed(application, withdrawn_on=dt.date(2023, 1, 11))()
    ApplicationFactory(learner=cast.learners["Anna"])


def test_a_plan_is_carried_from_one_of_the_same_learner_and_school(cast: Cast) -> None:
    later = cast.plans["Dāvis at birch"]
    for name in ("Dāvis", "Cecīlija"):
        refused("plan_carried_from_own", changed(later, carried_from=cast.plans[name]))
    refused("plan_carried_from_another", changed(later, carried_from=later))


def test_what_a_file_is_never_changes(cast: Cast) -> None:
    file = CaseFileFactory(institution=cast.schools["maple"])
    for values in ({"sha256": "1" * 64}, {"size": 2}, {"media_type": "image/png"}, {"institution": cast.schools["birch"]}):
        refused("file_stays", changed(file, **values))
    refused("file_room_of_purpose", lambda: CaseFileFactory(room="money"))
    refused("file_size", lambda: CaseFileFactory(size=20 * 1024 * 1024 + 1))
    refused("file_sha256", lambda: CaseFileFactory(sha256="A" * 64))


def test_a_transfer_is_between_two_and_one_waits_at_a_time(cast: Cast) -> None:
    anna, maple, birch = cast.learners["Anna"], cast.schools["maple"], cast.schools["birch"]
    transfer = TransferFactory(learner=anna, to_institution=birch)
    refused("transfer_one_open", lambda: TransferFactory(learner=anna, to_institution=cast.schools["linden"]))
    refused("transfer_two_institutions", lambda: TransferFactory(learner=cast.learners["Elza"], to_institution=maple))
    refused("transfer_decided_with_status", changed(transfer, status="ACCEPTED"))
    refused("transfer_enrolment_left", changed(transfer, leaves_enrolment=cast.plans["Bruno"].enrolment))
    refused("owner_stays", changed(transfer, to_institution=cast.schools["oak"]))
    share = TransferShareFactory(transfer=transfer)
    refused("transfer_share_until", changed(share, mode="VIEW"))
    refused("transfer_share_owner", changed(share, to_institution=cast.schools["oak"]))
    changed(transfer, status="REVOKED", decided_at=MOMENT)()
    TransferFactory(learner=anna, to_institution=cast.schools["linden"])


# -- hours --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"topic": "Cits"}, {"held_on": dt.date(2023, 2, 7)}, {"starts_at": dt.time(9)}])
def test_what_was_confirmed_stays(cast: Cast, values: dict[str, Any]) -> None:
    refused("consultation_stays_as_confirmed", changed(hour_of(cast, "Anna"), **values))


def test_a_confirmed_hour_is_not_deleted_and_a_struck_out_one_not_restored(cast: Cast) -> None:
    hour = hour_of(cast, "Anna")
    rows = Consultation.objects.filter(pk=hour.pk)
    refused("consultation_stays_as_confirmed", lambda: rows._raw_delete("default"))
    changed(hour, voided_at=MOMENT, void_reason="Sajaukta diena")()
    refused("consultation_stays_as_confirmed", changed(hour, voided_at=None, void_reason=""))


def test_a_correction_takes_the_place_of_an_hour_that_was_struck_out(cast: Cast) -> None:
    hour = hour_of(cast, "Anna")
    again = {"measure": hour.measure, "provider": hour.provider, "held_on": hour.held_on, "starts_at": hour.starts_at}
    refused("consultation_provider_in_one_place", lambda: ConsultationFactory(**again, topic="Procenti"))
    elsewhen = again | {"starts_at": dt.time(9)}
    refused("consultation_corrects_a_voided_one", lambda: ConsultationFactory(**elsewhen, corrects=hour))
    refused("consultation_voided_with_reason", changed(hour, voided_at=MOMENT))
    changed(hour, voided_at=MOMENT, void_reason="Cita tēma")()
    ConsultationFactory(**again, topic="Procenti", corrects=hour)
    assert Consultation.objects.get(pk=hour.pk).topic == "Daļskaitļi"
    other = MeasureFactory(plan=hour.measure.plan, subject="Ķīmija")
    wrong = ConsultationFactory(measure=hour.measure, held_on=dt.date(2023, 2, 27))
    changed(wrong, voided_at=MOMENT, void_reason="Cits priekšmets")()
    refused("consultation_corrects_same_measure", lambda: ConsultationFactory(measure=other, corrects=wrong))
    with pytest.raises(IntegrityError, match="corrects_id"):
        tried(lambda: ConsultationFactory(**elsewhen, corrects=hour))


def test_a_learner_is_in_one_place(cast: Cast) -> None:
    hour = hour_of(cast, "Anna")
    other = MeasureFactory(plan=hour.measure.plan, subject="Ķīmija")
    half_way = {"held_on": hour.held_on, "starts_at": dt.time(14, 39)}
    refused("consultation_learner_in_one_place", lambda: ConsultationFactory(measure=other, **half_way))
    ConsultationFactory(measure=other, held_on=hour.held_on, starts_at=dt.time(14, 40))


def test_remote_hours_and_confirmations_name_what_they_stand_on(cast: Cast) -> None:
    measure, maple = measure_of(cast, "Anna", "TEACHER"), cast.schools["maple"]
    order, foreign = RemoteOrderFactory(institution=maple), RemoteOrderFactory(institution=cast.schools["birch"])
    when = {"measure": measure, "held_on": dt.date(2023, 2, 20)}
    refused("consultation_order_is_for_remote", lambda: ConsultationFactory(**when, remote_order=order))
    refused("consultation_order_owner", lambda: ConsultationFactory(**when, channel="REMOTE", remote_order=foreign))
    hour = ConsultationFactory(**when, channel="REMOTE", remote_order=order, remote_channel="e-klase")
    refused("consultation_confirmed_by_something", changed(hour, learner_confirmed_by="ONE_TIME_CODE"))
    refused("consultation_confirmed_by_something", changed(hour, learner_confirmed_by="SIGNED_SHEET"))
    code = ConfirmationCodeFactory(learner=cast.learners["Bruno"])
    named = {"learner_confirmed_by": "ONE_TIME_CODE", "confirmation_code": code}
    refused("consultation_code_of_learner", changed(hour, **named))
    changed(hour, **named | {"confirmation_code": ConfirmationCodeFactory(learner=hour.learner)})()
    refused("remote_order_plan_of_learner", lambda: RemoteOrderPlanFactory(plan=measure.plan, learner=cast.learners["Bruno"]))


def test_one_sheet_for_each_specialist_and_measure(cast: Cast) -> None:
    sheet = SheetFactory(measure=measure_of(cast, "Anna", "TEACHER"))
    refused("sheet_once_a_measure", lambda: SheetFactory(measure=sheet.measure, provider=sheet.provider))
    refused("sheet_of_measure", changed(sheet, learner=cast.learners["Bruno"]))


def test_a_submitted_month_is_closed_until_it_is_reopened(cast: Cast) -> None:
    hour = hour_of(cast, "Anna")
    month = hour.held_on.replace(day=1)
    submission = SubmissionFactory(institution=hour.institution, month=month)
    later = {"measure": hour.measure, "held_on": month.replace(day=28)}
    for act in (
        lambda: ConsultationFactory(**later),
        changed(hour, learner_confirmed_at=None),
        changed(hour, voided_at=MOMENT, void_reason="Nenotika"),
    ):
        refused("consultation_month_is_open", act)
    refused("submission_one_stands", lambda: SubmissionFactory(institution=hour.institution, month=month, revision=2))
    refused("submission_reopened_with_reason", changed(submission, reopened_at=MOMENT))
    changed(submission, reopened_at=MOMENT, reopen_reason="Trūka stundas")()
    ConsultationFactory(**later)


def test_a_timesheet_adds_up_and_stays_as_approved(cast: Cast) -> None:
    line = TimesheetLineFactory(timesheet__institution=cast.schools["maple"])
    refused("timesheet_adds_up", changed(line.timesheet, hours=3))
    refused("timesheet_adds_up", lambda: TimesheetLine.objects.filter(pk=line.pk).delete())
    refused("timesheet_line_adds_up", changed(line, hours=3))
    refused("timesheet_line_adds_up", changed(line, hours_by_day=[2]))
    refused("timesheet_line_owner", changed(line, institution=cast.schools["birch"]))
    changed(line.timesheet, status="APPROVED_BY_INSTITUTION", head_approved_at=MOMENT)()
    refused("timesheet_is_entered", changed(line, specialist_role="PSYCHOLOGIST"))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("timesheet_approved_with_status", {"status": "APPROVED_BY_INSTITUTION"}),
        ("timesheet_approved_with_status", {"status": "APPROVED_BY_COORDINATOR", "head_approved_at": MOMENT}),
        ("timesheet_withdrawal_in_order", {"coordinator_withdrew_at": MOMENT}),
        ("timesheet_is_of_a_month", {"month": dt.date(2023, 3, 2)}),
        (
            "timesheet_locked_by_submission",
            {"status": "LOCKED", "head_approved_at": MOMENT, "coordinator_approved_at": MOMENT},
        ),
    ],
)
def test_a_timesheets_status_and_moments_agree(cast: Cast, constraint: str, values: dict[str, Any]) -> None:
    refused(constraint, changed(TimesheetFactory(institution=cast.schools["maple"]), **values))


def test_a_sheet_is_locked_by_its_own_schools_submission_of_its_month(cast: Cast) -> None:
    sheet = TimesheetFactory(institution=cast.schools["maple"])
    locked = {"status": "LOCKED", "head_approved_at": MOMENT, "coordinator_approved_at": MOMENT}
    for other in ({"institution": cast.schools["birch"]}, {"institution": sheet.institution, "month": dt.date(2023, 4, 1)}):
        refused("timesheet_of_submission", changed(sheet, **locked, submission=SubmissionFactory(**other)))
    changed(sheet, **locked, submission=SubmissionFactory(institution=sheet.institution))()
    assert Timesheet.objects.get(pk=sheet.pk).status == "LOCKED"


# -- money --------------------------------------------------------------------------------------------------------------------


def test_the_same_cost_is_found_across_schools_and_freed_by_rejection_and_reversal(cast: Cast) -> None:
    mark = blind_index(field="cost", value="seller|A-17|2023-02-10|31.50")
    one, other = claim_of(cast, "Anna"), claim_of(cast, "Cecīlija")
    ClaimItemFactory(claim=one, fingerprint=mark)
    enter_scope(cast.scope("author of birch"))  # who sees nothing of Anna's
    refused("claim_cost_once", lambda: ClaimItemFactory(claim=other, fingerprint=mark))
    enter_scope(STATE)
    changed(one, status="REJECTED")()
    item = ClaimItemFactory(claim=other, fingerprint=mark)
    refused("claim_cost_once", changed(one, status="APPROVED"))
    ClaimFactory(measure=other.measure, reverses=other, amount=-other.amount)
    item.refresh_from_db()
    assert not item.is_live
    changed(one, status="APPROVED")()


def test_a_claim_is_reversed_within_its_amount_and_decided_once_by_each(cast: Cast) -> None:
    claim = claim_of(cast, "Anna")
    part = ClaimFactory(measure=claim.measure, reverses=claim, amount=Decimal("-30.00"))
    refused("claim_reversed_within", lambda: ClaimFactory(measure=claim.measure, reverses=claim, amount=Decimal("-1.51")))
    ClaimFactory(measure=claim.measure, reverses=claim, amount=Decimal("-1.50"))
    refused("claim_reversed_within", lambda: ClaimFactory(measure=claim.measure, reverses=claim, amount=Decimal("-0.01")))
    changed(part, status="REJECTED")()
    ClaimFactory(measure=claim.measure, reverses=claim, amount=Decimal("-30.00"))
    refused("claim_reversed_within", changed(part, status="APPROVED"))
    decision = ClaimDecisionFactory(claim=claim)
    refused("claim_decided_once_by_each", lambda: ClaimDecisionFactory(claim=claim, actor=decision.actor))
    ClaimDecisionFactory(claim=claim)
    refused("claim_rejected_with_reason", lambda: ClaimDecisionFactory(claim=claim, verdict="REJECTED"))
    refused("claim_item_of_claim", lambda: ClaimItemFactory(claim=claim, learner=cast.learners["Bruno"]))


def test_an_entry_balances(cast: Cast) -> None:
    entry = balanced_entry(claim=claim_of(cast, "Anna"))
    tried(lambda: None)
    refused("ledger_entry_balances", lambda: PostingFactory(entry=entry, line=4, debit=Decimal("0.01")))
    refused("ledger_entry_balances", lambda: LedgerEntryFactory(claim=claim_of(cast, "Bruno")))

    def one_cent_short() -> None:
        lame = LedgerEntryFactory(claim=claim_of(cast, "Bruno"))
        PostingFactory(entry=lame, line=1, debit=Decimal("31.50"))
        PostingFactory(entry=lame, line=2, credit=Decimal("31.49"))

    refused("ledger_entry_balances", one_cent_short)


@pytest.mark.parametrize("sides", [{}, {"debit": 1, "credit": 1}, {"debit": -1}, {"debit": 1, "credit": -1}])
def test_a_posting_has_one_side(cast: Cast, sides: dict[str, int]) -> None:
    entry = balanced_entry(claim=claim_of(cast, "Anna"))
    refused("posting_one_side", lambda: PostingFactory(entry=entry, line=4, **sides))


@pytest.mark.parametrize("model", [LedgerEntry, LedgerPosting])
def test_the_ledger_is_added_to_and_never_changed(cast: Cast, model: Any) -> None:
    balanced_entry(claim=claim_of(cast, "Anna"))
    acts: list[Callable[[], Any]] = [
        lambda: model.objects.update(id=model.objects.values("id")[:1]),
        lambda: model.objects.all()._raw_delete("default"),
    ]
    for act in acts:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()


def test_an_entry_names_its_cause_once_and_a_reversal_its_entry(cast: Cast) -> None:
    claim = claim_of(cast, "Anna")
    entry = balanced_entry(claim=claim)
    refused("ledger_claim_approved_once", lambda: balanced_entry(claim=claim))
    refused("ledger_entry_names_its_cause", lambda: LedgerEntryFactory(claim=claim, kind="PAYMENT"))
    refused("ledger_entry_names_its_cause", lambda: LedgerEntryFactory(claim=claim, kind="REVERSAL"))
    foreign = claim_of(cast, "Cecīlija")
    refused("ledger_reverses_own", lambda: balanced_entry(claim=foreign, kind="REVERSAL", reverses=entry))
    balanced_entry(claim=claim, kind="REVERSAL", reverses=entry)
    tried(lambda: None)


def test_a_batch_adds_up_and_a_claim_is_paid_once(cast: Cast) -> None:
    claim = claim_of(cast, "Anna")
    item = PaymentItemFactory(claim=claim)
    tried(lambda: None)
    refused("batch_adds_up", changed(item.batch, total=Decimal("31.49")))
    refused("batch_adds_up", changed(item, amount=Decimal("31.49")))
    refused("payment_of_claim_once", lambda: PaymentItemFactory(claim=claim))
    refused("payment_pays_one_thing", changed(item, claim=None))
    refused("payment_claim_owner", changed(item, institution=cast.schools["birch"]))
    refused("payment_moments_with_status", changed(item, status="PAID"))
    refused("batch_moments_with_status", changed(item.batch, status="PAID", paid_at=MOMENT))
    other = PartnerAccountFactory()
    refused("batch_account_of_partner", lambda: BatchFactory(account=other, agreement=item.batch.agreement, sequence=2))
    returned = {"status": "RETURNED", "paid_at": MOMENT, "returned_at": now(), "return_reason": "AC04"}
    changed(item, **returned)()
    PaymentItemFactory(claim=claim)
    assert PaymentBatch.objects.count() == 2


def test_a_partner_has_one_sound_account_at_a_time(cast: Cast) -> None:
    account = PartnerAccountFactory(agreement=AgreementFactory())
    refused("partner_account_one_at_a_time", lambda: PartnerAccountFactory(agreement=account.agreement))
    for iban in ("LV80 BANK 0000 4351 9500 1", "lv80BANK0000435195001", "LV80"):
        refused("partner_account_iban", changed(account, iban=iban))
    refused("partner_account_bic", changed(account, bic="HABA"))

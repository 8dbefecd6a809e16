"""After each step of a story, for everybody: the queue holds exactly what the services would take from them next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest

from backend.accounts.models import Level, Role
from backend.accounts.scope import Scope
from backend.accounts.services import assign_role
from backend.cases.delivery import services as delivery
from backend.cases.delivery.models import Timesheet
from backend.cases.learners.merging import decide_duplicate
from backend.cases.plans import services as plans
from backend.cases.plans.models import SupportPlan
from backend.cases.reimbursements import services as money
from backend.cases.reimbursements.models import PaymentBatch, ReimbursementClaim
from backend.core.clock import now
from backend.core.refusals import Code
from backend.territory.models import Semester
from tests.cases.delivery.month import OCTOBER, SEPTEMBER, Month
from tests.cases.plans.walk import FACTOR, Walk
from tests.cases.reimbursements.till import Till
from tests.factories.case_rows import DuplicateFactory
from tests.factories.cast import Cast
from tests.factories.rows import EnrolmentFactory, LearnerFactory, user_with, whole_state
from tests.workspace.trying import accepted, waits

pytestmark = pytest.mark.django_db
UNMET = (Code.UNMET_CONDITION,)
PLAN_KINDS = ("RECORD_APPLICATION", "SUBMIT_PLAN", "CORRECT_PLAN", "APPROVE_PLAN", "EVALUATE_PLAN", "CLOSE_PLAN")


def everybody(people: Iterable[str], *kinds: str) -> dict[str, set[str]]:
    """The same for each of some people."""
    return {person: set(kinds) for person in people}


# -- plans ---------------------------------------------------------------------------------------------------------------
def taken_of_plan(scope: Scope, plan: SupportPlan) -> set[tuple[str, Any]]:
    """What the services would take from a caller about a plan, whatever of its contents is unmet."""
    with whole_state():
        fresh = SupportPlan.objects.get(pk=plan.pk)
    given: dict[str, Any] = {"plan_id": plan.pk}
    found = set()
    if accepted(scope, plans.submit_support_plan, but_for=UNMET, **given) and fresh.status in {"DRAFT", "RETURNED"}:
        found.add("SUBMIT_PLAN" if fresh.status == "DRAFT" else "CORRECT_PLAN")
    where = {"learner_id": fresh.learner_id, "institution_id": fresh.institution_id, "semester_id": fresh.semester_id}
    signed = {"signed_on": dt.date(2023, 9, 4), "signer_kind": "PARENT"}
    if fresh.status in {"DRAFT", "RETURNED"} and accepted(scope, plans.record_application, **where, **signed):
        found.add("RECORD_APPLICATION")
    if fresh.status in {"SUBMITTED", "APPROVED_BY_INSTITUTION", "APPROVED_BY_MUNICIPALITY"} and accepted(
        scope, plans.approve_support_plan, but_for=UNMET, **given
    ):
        found.add("APPROVE_PLAN")
    result = {"result_text": "Labi.", "continue_next": True}
    if fresh.status == "ACTIVE" and fresh.period_to <= scope.on:
        ends = [plans.EndRisk(level=1, risk_factor_code=FACTOR)]
        if accepted(scope, plans.evaluate_support_plan, but_for=UNMET, **given, **result, end_risks=ends):
            found.add("EVALUATE_PLAN")
    if fresh.status == "EVALUATED" and accepted(scope, plans.close_support_plan, but_for=UNMET, **given):
        found.add("CLOSE_PLAN")
    return {(kind, plan.pk) for kind in found}


def judge_plan(walk: Walk, plan: SupportPlan) -> dict[str, set[str]]:
    """By person, what waits; it must be what the services take."""
    found = {}
    for person in walk.people:
        scope = walk.scope(person)
        shown = {item for item in waits(scope, *PLAN_KINDS) if item[1] == plan.pk}
        assert shown == taken_of_plan(scope, plan), person
        if shown:
            found[person] = {kind for kind, _key in shown}
    return found


def test_a_plan_on_its_way(walk: Walk) -> None:
    learner = walk.learner()
    plan = walk.draft(learner)
    writers = {"author", "other author", "writing head"}
    draft = {"SUBMIT_PLAN", "RECORD_APPLICATION"}
    assert judge_plan(walk, plan) == everybody(writers, *draft) | {"coordinator": {"RECORD_APPLICATION"}}
    walk.apply(learner)
    assert judge_plan(walk, plan) == everybody(writers, "SUBMIT_PLAN")
    risk = walk.risk(plan)
    walk.measure(plan, risk)
    walk.do("author", plans.submit_support_plan, plan_id=plan.pk)
    # Whoever coordinates the municipality and heads a school may not join the two at one unit.
    assert judge_plan(walk, plan) == everybody({"head", "other head", "writing head"}, "APPROVE_PLAN")
    walk.do("head", plans.return_support_plan, plan_id=plan.pk, comment="Precizējiet.")
    assert judge_plan(walk, plan) == everybody(writers, "CORRECT_PLAN")
    walk.do("writing head", plans.submit_support_plan, plan_id=plan.pk)
    assert set(judge_plan(walk, plan)) == {"head", "other head"}, "nobody approves what they submitted"
    walk.do("head", plans.approve_support_plan, plan_id=plan.pk)
    assert judge_plan(walk, plan) == {"municipality": {"APPROVE_PLAN"}}
    walk.do("municipality", plans.approve_support_plan, plan_id=plan.pk)
    assert judge_plan(walk, plan) == {"agency": {"APPROVE_PLAN"}}
    walk.do("agency", plans.approve_support_plan, plan_id=plan.pk)
    assert judge_plan(walk, plan) == {}, "before its last day nobody waits for the evaluation"
    walk.today = dt.date(2023, 12, 31)
    assert judge_plan(walk, plan) == everybody(writers, "EVALUATE_PLAN")
    ends = [plans.EndRisk(level=1, risk_factor_code=FACTOR)]
    walk.do("author", plans.evaluate_support_plan, plan_id=plan.pk, result_text="Labi.", continue_next=True, end_risks=ends)
    closers = {"head", "other head", "writing head", "head and municipality", "coordinator"}
    assert judge_plan(walk, plan) == everybody(closers, "CLOSE_PLAN")
    with whole_state():
        Semester.objects.filter(pk=plan.semester_id).update(closed_at=now())
    assert judge_plan(walk, plan) == {}, "nothing moves in a closed semester"
    with whole_state():
        Semester.objects.filter(pk=plan.semester_id).update(closed_at=None)
    walk.do("head", plans.close_support_plan, plan_id=plan.pk)
    assert judge_plan(walk, plan) == {}


def test_a_large_plan_waits_for_two_of_the_institution(walk: Walk) -> None:
    plan = walk.submitted(euro="2500.00")
    heads = {"head", "other head", "writing head"}
    assert judge_plan(walk, plan) == everybody(heads | {"coordinator"}, "APPROVE_PLAN")
    walk.do("coordinator", plans.approve_support_plan, plan_id=plan.pk)
    assert set(judge_plan(walk, plan)) == heads
    walk.do("head", plans.return_support_plan, plan_id=plan.pk, comment="Precizējiet.")
    walk.do("author", plans.submit_support_plan, plan_id=plan.pk)
    walk.do("head", plans.approve_support_plan, plan_id=plan.pk)
    assert set(judge_plan(walk, plan)) == {"coordinator"}, "approvals of the submission before are over"
    walk.do("coordinator", plans.approve_support_plan, plan_id=plan.pk)
    assert set(judge_plan(walk, plan)) == {"municipality"}


def test_a_state_institutions_plan_skips_the_municipality(walk: Walk, cast: Cast) -> None:
    technical = cast.schools["technical"]
    with whole_state():
        learner = EnrolmentFactory(learner=LearnerFactory(registering_institution=technical)).learner
    where = {"learner_id": learner.pk, "institution_id": technical.pk, "semester_id": walk.desk.semester.pk}
    plan = walk.do("technical author", plans.draft_support_plan, **where)
    walk.do("technical author", plans.record_application, **where, signed_on=dt.date(2023, 9, 4), signer_kind="PARENT")
    risk = {"risk_factor_code": FACTOR, "moment": "START", "level": 1}
    risk_id = walk.do("technical author", plans.assess_risk, plan_id=plan.pk, **risk).pk
    measure = {"kind_code": "PSYCHOLOGIST", "planned_hours": 3, "risk_id": risk_id}
    walk.do("technical author", plans.plan_measure, plan_id=plan.pk, **measure)
    walk.do("technical author", plans.submit_support_plan, plan_id=plan.pk)
    assert set(judge_plan(walk, plan)) == {"technical head"}
    walk.do("technical head", plans.approve_support_plan, plan_id=plan.pk)
    assert set(judge_plan(walk, plan)) == {"agency"}


# -- hours, timesheets, months --------------------------------------------------------------------------------------------
def judge_month(month: Month, *, on: dt.date = dt.date(2023, 11, 6)) -> dict[str, set[str]]:
    """By person, what waits of sheets and months that are over; it must be what the services take."""
    with whole_state():
        sheets = list(Timesheet.objects.filter(institution=month.desk.school, month__lt=on.replace(day=1)))
    place = month.desk.school.pk
    found: dict[str, set[str]] = {}
    for person in month.people:
        scope = month.scope(person, on=on)
        shown = waits(scope, "APPROVE_TIMESHEET", "SUBMIT_MONTH")
        taken = {
            ("APPROVE_TIMESHEET", sheet.pk)
            for sheet in sheets
            if accepted(scope, delivery.approve_timesheet, timesheet_id=sheet.pk)
        }
        months = {sheet.month for sheet in sheets if sheet.hours}
        if any(accepted(scope, delivery.submit_month, institution_id=place, month=first) for first in months):
            taken.add(("SUBMIT_MONTH", place))
        assert {item for item in shown if item[1] == place or item[1] in {sheet.pk for sheet in sheets}} == taken, person
        if taken:
            found[person] = {kind for kind, _key in taken}
    return found


def test_a_month_on_its_way(month: Month) -> None:
    measure = month.desk.measure()
    hours = month.record(measure, dt.date(2023, 10, 2), dt.date(2023, 10, 9))
    assert judge_month(month) == {}, "nothing counts yet"
    month.confirm_both(*hours)
    assert judge_month(month) == {"head": {"APPROVE_TIMESHEET"}}
    assert waits(month.scope("head"), "APPROVE_TIMESHEET") == set(), "before the month is over nobody waits for it"
    month.approve("head")
    assert judge_month(month) == {"coordinator": {"APPROVE_TIMESHEET"}}
    month.withdraw("head")
    assert judge_month(month) == {"head": {"APPROVE_TIMESHEET"}}
    month.approve("head")
    month.approve("coordinator")
    assert judge_month(month) == {"coordinator": {"SUBMIT_MONTH"}}
    submission = month.submit()
    assert judge_month(month) == {}
    month.reopen(submission)
    assert judge_month(month) == {"coordinator": {"SUBMIT_MONTH"}}
    month.withdraw("coordinator")
    assert judge_month(month) == {"coordinator": {"APPROVE_TIMESHEET"}}


def test_one_sheet_holds_up_the_whole_month(month: Month) -> None:
    month.counted(month.desk.measure(), dt.date(2023, 9, 11))
    month.counted(month.desk.measure(), dt.date(2023, 9, 12), who="second")
    month.approve("head", month.sheet(month=SEPTEMBER))
    month.approve("coordinator", month.sheet(month=SEPTEMBER))
    assert judge_month(month, on=dt.date(2023, 10, 16)) == {"head": {"APPROVE_TIMESHEET"}}


def test_nobody_waits_for_the_own_hours(month: Month) -> None:
    month.counted(month.desk.measure(), dt.date(2023, 9, 11))
    provider = month.people["provider"]
    with whole_state():
        assign_role(
            user=provider, role=Role.INSTITUTION_HEAD, level=Level.INSTITUTION, unit=month.desk.school, valid_from=SEPTEMBER
        )
    assert judge_month(month, on=dt.date(2023, 10, 16)) == {"head": {"APPROVE_TIMESHEET"}}


def test_hours_wait_for_who_may_confirm_them(month: Month) -> None:
    measure = month.desk.measure()
    first, second = month.record(measure, dt.date(2023, 10, 2), dt.date(2023, 10, 9))
    month.confirm(second)

    def taken(person: str) -> set[UUID]:
        scope, scan = month.scope(person), month.scan().pk
        scanned = {"method": "SIGNED_SHEET", "file_id": scan}
        return {
            row.pk
            for row in (first, second)
            if accepted(scope, delivery.confirm_consultations, consultation_ids=[row.pk], side="PROVIDER")
            or accepted(scope, delivery.confirm_consultations, consultation_ids=[row.pk], side="LEARNER", **scanned)
        }

    for person in set(month.people) - {"second"}:
        shown = {key for _kind, key in waits(month.scope(person), "CONFIRM_CONSULTATION")} & {first.pk, second.pk}
        assert shown == taken(person), person
    assert taken("provider") == taken("institution") == {first.pk, second.pk}
    # A colleague could scan the sheet of another's hour, and nobody waits for it.
    assert not waits(month.scope("second"), "CONFIRM_CONSULTATION") & {("CONFIRM_CONSULTATION", first.pk)}
    month.confirm(second, side="LEARNER", method="SIGNED_SHEET", file_id=month.scan().pk)
    assert ("CONFIRM_CONSULTATION", second.pk) not in waits(month.scope("provider"))


# -- money ---------------------------------------------------------------------------------------------------------------
def judge_money(till: Till) -> dict[str, set[str]]:
    """By person, what waits of claims and payments; it must be what the services take."""
    with whole_state():
        claims, batches = list(ReimbursementClaim.objects.all()), list(PaymentBatch.objects.all())
    people = {
        "author": till.desk.author,
        "institution": till.desk.coordinator,
        "head": till.head,
        "second": till.second,
        "payer": till.payer,
        "colleague": till.colleague,
    }
    found = {}
    for name, user in people.items():
        scope = till.desk.scope(user)
        taken = {
            ("DECIDE_CLAIM", claim.pk)
            for claim in claims
            if accepted(scope, money.reject_reimbursement, claim_id=claim.pk, reason="Nav rēķina.")
        }
        for batch in batches:
            given: dict[str, Any] = {"payment_batch_id": batch.pk}
            if accepted(scope, money.release_payment_batch, **given):
                taken.add(("RELEASE_PAYMENT", batch.pk))
            elif batch.status == "SENT" and accepted(scope, money.mark_payment_batch_paid, **given, paid_at=now()):
                taken.add(("SETTLE_PAYMENT", batch.pk))
        if accepted(scope, money.create_payment_batch, agreement_id=till.agreement.pk, month=OCTOBER):
            taken.add(("PREPARE_PAYMENT", till.agreement.pk))
        shown = waits(scope, "DECIDE_CLAIM", "RELEASE_PAYMENT", "SETTLE_PAYMENT", "PREPARE_PAYMENT")
        assert shown == taken, name
        if taken:
            found[name] = {kind for kind, _key in taken}
    return found


def test_a_claim_until_it_is_paid(till: Till) -> None:
    before = judge_money(till)
    claim = till.claim()
    deciders = {"head", "second", "payer", "colleague"}
    assert {name for name, kinds in judge_money(till).items() if "DECIDE_CLAIM" in kinds} == deciders
    till.approve(claim)
    assert judge_money(till) == before | everybody(("payer", "colleague"), "PREPARE_PAYMENT")
    reversal = till.reverse(claim)
    kinds = judge_money(till)
    assert "DECIDE_CLAIM" in kinds["second"]
    assert "DECIDE_CLAIM" not in kinds.get("head", set()), "who asks for a reversal does not decide on it"
    assert "PREPARE_PAYMENT" not in kinds["payer"], "a claim whose reversal waits is not paid"
    till.reject(reversal, who=till.second)
    batch = till.batch()
    assert judge_money(till)["colleague"] == {"RELEASE_PAYMENT"}
    till.act(till.colleague, money.release_payment_batch, payment_batch_id=batch.pk)
    assert judge_money(till)["payer"] == {"SETTLE_PAYMENT"}
    till.pay(batch)
    assert judge_money(till) == before


def test_a_large_claim_waits_for_two(till: Till) -> None:
    till.cap("PERSONAL_ITEMS", 900)
    claim = till.claim(till.catering(code="PERSONAL_ITEMS"), till.cost("620.00"))
    till.approve(claim)
    waiting = {name for name, kinds in judge_money(till).items() if "DECIDE_CLAIM" in kinds}
    assert waiting == {"second", "payer", "colleague"}


# -- records -------------------------------------------------------------------------------------------------------------
def test_pairs_wait_where_both_records_are_ones_own(walk: Walk, cast: Cast) -> None:
    one, other, elsewhere = walk.learner(), walk.learner(), cast.learners["Cecīlija"]
    pairs = []
    with whole_state():
        for learner in (other, elsewhere):
            first, second = sorted((one, learner), key=lambda row: row.pk)
            pairs.append(DuplicateFactory(pair=None, first=first, second=second))
    people = {
        **walk.people,
        "coordinator of birch": user_with(Role.INSTITUTION_COORDINATOR, Level.INSTITUTION, cast.schools["birch"]),
    }
    seen = set()
    for name, user in people.items():
        scope = walk.desk.scope(user)
        given = {"decision": "DIFFERENT", "reason": "Dokumenti"}
        taken = {
            ("DECIDE_DUPLICATE", pair.pk)
            for pair in pairs
            if accepted(scope, decide_duplicate, duplicate_candidate_id=pair.pk, **given)
        }
        assert waits(scope, "DECIDE_DUPLICATE") == taken, name
        seen |= {(name, key) for _kind, key in taken}
    assert seen == {("coordinator", pairs[0].pk)}

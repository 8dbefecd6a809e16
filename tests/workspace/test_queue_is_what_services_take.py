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
def taken_of_plan(scope: Scope, plan: SupportPlan) -> set[str]:
    """What the services would take from a caller about a plan, whatever of its contents is unmet."""
    with whole_state():
        fresh = SupportPlan.objects.get(pk=plan.pk)
    given: dict[str, Any] = {"plan_id": plan.pk}
    found = set()
    if fresh.status in {"DRAFT", "RETURNED"}:
        if accepted(scope, plans.submit_support_plan, but_for=UNMET, **given):
            found.add("SUBMIT_PLAN" if fresh.status == "DRAFT" else "CORRECT_PLAN")
        where = {"learner_id": fresh.learner_id, "institution_id": fresh.institution_id, "semester_id": fresh.semester_id}
        signed = {"signed_on": dt.date(2023, 9, 4), "signer_kind": "PARENT"}
        if accepted(scope, plans.record_application, **where, **signed):
            found.add("RECORD_APPLICATION")
    elif fresh.status in {"SUBMITTED", "APPROVED_BY_INSTITUTION", "APPROVED_BY_MUNICIPALITY"}:
        if accepted(scope, plans.approve_support_plan, but_for=UNMET, **given):
            found.add("APPROVE_PLAN")
    elif fresh.status == "ACTIVE" and fresh.period_to <= scope.on:
        ends = [plans.EndRisk(level=1, risk_factor_code=FACTOR)]
        result = {"result_text": "Labi.", "continue_next": True, "end_risks": ends}
        if accepted(scope, plans.evaluate_support_plan, but_for=UNMET, **given, **result):
            found.add("EVALUATE_PLAN")
    elif fresh.status == "EVALUATED" and accepted(scope, plans.close_support_plan, but_for=UNMET, **given):
        found.add("CLOSE_PLAN")
    return found


def judge_plans(walk: Walk, **stages: SupportPlan) -> dict[str, dict[str, set[str]]]:
    """By stage and person, what waits of some plans; it must be what the services take. Each person's queue is asked once."""
    found: dict[str, dict[str, set[str]]] = {stage: {} for stage in stages}
    for person in walk.people:
        scope = walk.scope(person)
        shown = waits(scope, *PLAN_KINDS)
        for stage, plan in stages.items():
            kinds = {kind for kind, key in shown if key == plan.pk}
            assert kinds == taken_of_plan(scope, plan), (stage, person)
            if kinds:
                found[stage][person] = kinds
    return found


def evaluated(walk: Walk, plan: SupportPlan) -> SupportPlan:
    """An active plan with its evaluation."""
    ends = [plans.EndRisk(level=1, risk_factor_code=FACTOR)]
    given = {"plan_id": plan.pk, "result_text": "Labi.", "continue_next": True, "end_risks": ends}
    found: SupportPlan = walk.do("author", plans.evaluate_support_plan, **given)
    return found


def test_plans_at_every_stage_of_their_way(walk: Walk) -> None:
    def after(plan: SupportPlan, *steps: tuple[str, Any]) -> SupportPlan:
        for person, service in steps:
            said = {"comment": "Precizējiet."} if service is plans.return_support_plan else {}
            plan = walk.do(person, service, plan_id=plan.pk, **said)
        return plan

    submit, approve, give_back = plans.submit_support_plan, plans.approve_support_plan, plans.return_support_plan
    found = judge_plans(
        walk,
        drafted=walk.draft(),
        ready=walk.ready(),
        submitted=walk.submitted(),
        returned=after(walk.submitted(), ("head", give_back)),
        submitted_by_another=after(walk.submitted(), ("head", give_back), ("writing head", submit)),
        by_head=after(walk.submitted(), ("head", approve)),
        by_municipality=after(walk.submitted(), ("head", approve), ("municipality", approve)),
        active=walk.active(),
        evaluated=evaluated(walk, walk.active()),
        closed=after(evaluated(walk, walk.active()), ("head", plans.close_support_plan)),
    )
    writers = {"author", "other author", "writing head"}
    assert found == {
        "drafted": everybody(writers, "SUBMIT_PLAN", "RECORD_APPLICATION") | {"coordinator": {"RECORD_APPLICATION"}},
        "ready": everybody(writers, "SUBMIT_PLAN"),
        # Whoever coordinates the municipality and heads a school may not join the two at one unit.
        "submitted": everybody({"head", "other head", "writing head"}, "APPROVE_PLAN"),
        "returned": everybody(writers, "CORRECT_PLAN"),
        "submitted_by_another": everybody({"head", "other head"}, "APPROVE_PLAN"),  # nobody approves what they submitted
        "by_head": {"municipality": {"APPROVE_PLAN"}},
        "by_municipality": {"agency": {"APPROVE_PLAN"}},
        "active": {},  # before its last day nobody waits for the evaluation
        "evaluated": everybody({"head", "other head", "writing head", "head and municipality", "coordinator"}, "CLOSE_PLAN"),
        "closed": {},
    }


def test_plans_on_their_last_day_and_in_a_closed_semester(walk: Walk) -> None:
    stages = {"draft": walk.draft(), "submitted": walk.submitted(), "active": walk.active()}
    stages["evaluated"] = evaluated(walk, walk.active())
    walk.today = dt.date(2023, 12, 31)
    last_day = judge_plans(walk, active=stages["active"])
    assert last_day == {"active": everybody({"author", "other author", "writing head"}, "EVALUATE_PLAN")}
    with whole_state():
        Semester.objects.filter(pk=stages["draft"].semester_id).update(closed_at=now())
    assert not any(judge_plans(walk, **stages).values()), "nothing moves in a closed semester"


def test_a_large_plan_waits_for_two_of_the_institution(walk: Walk) -> None:
    def large(*approvers: str) -> SupportPlan:
        plan = walk.submitted(euro="2500.00")
        for person in approvers:
            plan = walk.do(person, plans.approve_support_plan, plan_id=plan.pk)
        return plan

    again = large("coordinator")
    walk.do("head", plans.return_support_plan, plan_id=again.pk, comment="Precizējiet.")
    walk.do("author", plans.submit_support_plan, plan_id=again.pk)
    walk.do("head", plans.approve_support_plan, plan_id=again.pk)
    found = judge_plans(walk, none=large(), one=large("coordinator"), again=again, both=large("head", "coordinator"))
    heads = {"head", "other head", "writing head"}
    assert found == {
        "none": everybody(heads | {"coordinator"}, "APPROVE_PLAN"),
        "one": everybody(heads, "APPROVE_PLAN"),
        "again": {"coordinator": {"APPROVE_PLAN"}},  # approvals of the submission before are over
        "both": {"municipality": {"APPROVE_PLAN"}},
    }


def test_a_state_institutions_plan_skips_the_municipality(walk: Walk, cast: Cast) -> None:
    technical = cast.schools["technical"]

    def submitted() -> SupportPlan:
        with whole_state():
            learner = EnrolmentFactory(learner=LearnerFactory(registering_institution=technical)).learner
        where = {"learner_id": learner.pk, "institution_id": technical.pk, "semester_id": walk.desk.semester.pk}
        plan: SupportPlan = walk.do("technical author", plans.draft_support_plan, **where)
        walk.do("technical author", plans.record_application, **where, signed_on=dt.date(2023, 9, 4), signer_kind="PARENT")
        risk = {"risk_factor_code": FACTOR, "moment": "START", "level": 1}
        risk_id = walk.do("technical author", plans.assess_risk, plan_id=plan.pk, **risk).pk
        measure = {"kind_code": "PSYCHOLOGIST", "planned_hours": 3, "risk_id": risk_id}
        walk.do("technical author", plans.plan_measure, plan_id=plan.pk, **measure)
        walk.do("technical author", plans.submit_support_plan, plan_id=plan.pk)
        return plan

    by_head = submitted()
    walk.do("technical head", plans.approve_support_plan, plan_id=by_head.pk)
    found = judge_plans(walk, submitted=submitted(), by_head=by_head)
    assert found == {"submitted": {"technical head": {"APPROVE_PLAN"}}, "by_head": {"agency": {"APPROVE_PLAN"}}}


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
        for first in sorted({sheet.month for sheet in sheets if sheet.hours}):
            if accepted(scope, delivery.submit_month, institution_id=place, month=first):
                taken.add(("SUBMIT_MONTH", place))
        assert {item for item in shown if item[1] == place or item[1] in {sheet.pk for sheet in sheets}} == taken, person
        if taken:
            found[person] = {kind for kind, _key in taken}
    return found


def test_months_on_their_way(month: Month) -> None:
    """September and October side by side: each judgement asks everybody once about both."""
    measure = month.desk.measure()
    unconfirmed = month.record(measure, dt.date(2023, 10, 2), dt.date(2023, 10, 9))
    month.counted(measure, dt.date(2023, 9, 11))
    month.counted(month.desk.measure(), dt.date(2023, 9, 12), who="second")
    month.approve("head", month.sheet(month=SEPTEMBER))
    month.approve("coordinator", month.sheet(month=SEPTEMBER))
    # October has no hour that counts yet, and one sheet holds up the whole of September.
    assert judge_month(month) == {"head": {"APPROVE_TIMESHEET"}}
    month.confirm_both(*unconfirmed)
    assert waits(month.scope("head"), "APPROVE_TIMESHEET") == {("APPROVE_TIMESHEET", second_sheet(month).pk)}, (
        "before October is over nobody waits for it"
    )
    month.approve("head")
    month.approve("head", second_sheet(month))
    month.approve("coordinator", second_sheet(month))
    assert judge_month(month) == {"coordinator": {"APPROVE_TIMESHEET", "SUBMIT_MONTH"}}
    month.withdraw("head")
    submission = month.submit(month=SEPTEMBER)
    assert judge_month(month) == {"head": {"APPROVE_TIMESHEET"}}
    month.approve("head")
    month.approve("coordinator")
    month.reopen(submission)
    month.withdraw("coordinator", month.sheet(month=SEPTEMBER))
    assert judge_month(month) == {"coordinator": {"APPROVE_TIMESHEET", "SUBMIT_MONTH"}}


def second_sheet(month: Month) -> Timesheet:
    """The psychologist's of September."""
    return month.sheet(who="second", month=SEPTEMBER)


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

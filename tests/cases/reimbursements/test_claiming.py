"""Claiming costs: who may, what is needed, and what is told about costs of others."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import translation

from backend.accounts.scope import scoped
from backend.cases.learners.identity import set_identity
from backend.cases.reimbursements.models import ClaimItem
from backend.cases.reimbursements.services import claim_reimbursement
from backend.core.clock import now
from backend.core.refusals import Code, Refusal
from backend.registry.models import CooperationAgreement, InstitutionParticipation, Tariff
from backend.territory.models import Municipality, Programme, Semester
from tests.cases.desk import problems
from tests.cases.reimbursements.till import OCTOBER, SEPTEMBER, Till
from tests.factories.cast import Cast
from tests.factories.rows import EnrolmentFactory, LearnerFactory, MeasureFactory, SupportPlanFactory, whole_state

CODE = "161175-19997"


def test_a_claim_is_the_sum_of_its_costs(till: Till) -> None:
    measure = till.catering()
    claim = till.claim(measure, till.cost("31.50"), till.cost("8.25", units=Decimal("2.5")), basis_note="Rīkojums 1-9/3")
    assert (claim.amount, claim.status, claim.approvals_needed) == (Decimal("39.75"), "CLAIMED", 1)
    assert (claim.kind, claim.claimed_by_id, claim.basis_note) == ("CATERING", till.desk.author.pk, "Rīkojums 1-9/3")
    with whole_state():
        items = list(ClaimItem.objects.filter(claim=claim).order_by("amount"))
        held = Tariff.objects.get(kind_code="CATERING")
    assert [(item.amount, item.units, item.tariff_id) for item in items] == [
        (Decimal("8.25"), Decimal("2.500"), held.pk),
        (Decimal("31.50"), Decimal("1.000"), held.pk),
    ]


def test_a_large_claim_asks_for_two_people(till: Till) -> None:
    measure = till.catering(code="SPECIAL_TRANSPORT", planned="5000")
    till.cap("SPECIAL_TRANSPORT", 5000)
    assert till.claim(measure, till.cost("499.99")).approvals_needed == 1
    assert till.claim(measure, till.cost("500.00")).approvals_needed == 2


REFUSED: list[tuple[str, dict[str, Any], str, Code]] = [
    ("no proof", {"proof_id": None}, "items.0.proof_id", Code.REQUIRED),
    ("nothing to know it by", {"seller": "", "document_number": " "}, "items.0.document_number", Code.REQUIRED),
    ("a day to come", {"incurred_on": dt.date(2023, 10, 17)}, "items.0.incurred_on", Code.OUT_OF_PERIOD),
    ("another month", {"incurred_on": dt.date(2023, 10, 2)}, "items.0.incurred_on", Code.OUT_OF_PERIOD),
    ("before the plan", {"incurred_on": dt.date(2023, 8, 31)}, "items.0.incurred_on", Code.OUT_OF_PERIOD),
    ("nothing", {"amount": Decimal(0)}, "items.0.amount", Code.INVALID),
    ("half a cent", {"amount": Decimal("1.005")}, "items.0.amount", Code.INVALID),
    ("no number", {"amount": Decimal("NaN")}, "items.0.amount", Code.INVALID),
    ("no units", {"units": Decimal(0)}, "items.0.units", Code.INVALID),
    ("units without end", {"units": Decimal("Infinity")}, "items.0.units", Code.INVALID),
    ("a turned seller", {"seller": "A\u202eB"}, "items.0.seller", Code.INVALID),
    ("above the month's cap", {"amount": Decimal("90.01")}, "items", Code.LIMIT_EXCEEDED),
]


@pytest.mark.parametrize(("fields", "field", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_cost_that_cannot_be_claimed(till: Till, fields: dict[str, Any], field: str, code: Code) -> None:
    measure = till.catering()
    assert problems(lambda: till.claim(measure, till.cost(**fields))) == {field: code}
    with whole_state():
        assert not measure.claims.exists()


def test_every_reason_is_named_at_once(till: Till) -> None:
    costs = (till.cost(proof_id=None), till.cost("-1"), till.cost(incurred_on=dt.date(2023, 8, 1)))
    assert problems(lambda: till.claim(till.catering(), *costs, period=dt.date(2023, 9, 2))) == {
        "period": Code.INVALID,
        "items.0.proof_id": Code.REQUIRED,
        "items.1.amount": Code.INVALID,
        "items.2.incurred_on": Code.OUT_OF_PERIOD,
    }
    assert problems(lambda: till.claim(till.catering(), items=())) == {"items": Code.REQUIRED}


def test_the_measure_decides_what_may_be_claimed(till: Till, cast: Cast) -> None:
    teaching, draft = till.desk.measure(), till.catering(status="DRAFT", submitted_at=None, activated_at=None)
    with whole_state():
        foreign = MeasureFactory(plan=cast.plans["Cecīlija"], code="CATERING")
    assert problems(lambda: till.claim(teaching)) == {"measure_id": Code.INVALID}
    assert problems(lambda: till.claim(draft)) == {"measure_id": Code.UNMET_CONDITION}
    assert problems(lambda: till.claim(foreign)) == {"measure_id": Code.NOT_FOUND}
    assert problems(lambda: till.claim(who=till.desk.provider)) == {"measure_id": Code.NOT_ALLOWED}
    assert problems(lambda: till.claim(who=till.head)) == {"measure_id": Code.NOT_ALLOWED}
    assert problems(lambda: till.claim(who=till.payer)) == {"measure_id": Code.NOT_ALLOWED}


def test_a_closed_semester_and_a_closed_plan_are_locked(till: Till) -> None:
    done = {"status": "CLOSED", "evaluated_at": now(), "closed_at": now()}
    assert problems(lambda: till.claim(till.catering(**done))) == {"measure_id": Code.LOCKED}
    measure = till.catering()
    Semester.objects.filter(pk=till.desk.semester.pk).update(closed_at=now())
    assert problems(lambda: till.claim(measure)) == {"measure_id": Code.LOCKED}


def test_costs_after_an_interruption_are_not_paid(till: Till) -> None:
    stopped = dt.datetime(2023, 9, 10, 12, tzinfo=dt.UTC)
    measure = till.catering(status="INTERRUPTED", interrupted_at=stopped)
    assert till.claim(measure, till.cost(incurred_on=dt.date(2023, 9, 8))).amount == Decimal("31.50")
    assert problems(lambda: till.claim(measure, till.cost())) == {"items.0.incurred_on": Code.OUT_OF_PERIOD}


def test_a_proof_is_of_this_school_and_learner_and_stands(till: Till, cast: Cast) -> None:
    measure = till.catering()
    others = [
        till.proof(learner=_another_learner(till)),
        till.proof(institution=cast.schools["birch"]),
        till.proof(purpose="APPLICATION", room="plans"),
        till.proof(removed_at=now()),
    ]
    for file in others:
        assert problems(lambda: till.claim(measure, till.cost(proof_id=file.pk))) == {"items.0.proof_id": Code.NOT_FOUND}  # noqa: B023
    assert till.claim(measure, till.cost(proof_id=till.proof(learner=measure.learner).pk))


def _another_learner(till: Till) -> Any:
    with whole_state():
        return LearnerFactory(registering_institution=till.desk.school)


def test_the_cap_and_the_plan_count_what_stands(till: Till) -> None:
    measure = till.catering(planned="100")
    first = till.claim(measure, till.cost("60"))
    assert problems(lambda: till.claim(measure, till.cost("30.01"))) == {"items": Code.LIMIT_EXCEEDED}
    october = {"period": OCTOBER}
    later = till.cost("40.01", incurred_on=dt.date(2023, 10, 2))
    assert problems(lambda: till.claim(measure, later, **october)) == {"items": Code.LIMIT_EXCEEDED}
    till.reject(first)
    assert till.claim(measure, later, **october).amount == Decimal("40.01")


def test_the_tariff_is_the_one_of_the_costs_day(till: Till) -> None:
    with whole_state():
        old = Tariff.objects.get(kind_code="CATERING")
        Tariff.objects.filter(pk=old.pk).update(valid_to=dt.date(2023, 9, 15))
        common = {"programme": old.programme, "category": old.category, "kind_code": old.kind_code, "unit": "MEAL"}
        new = Tariff.objects.create(**common, rate=Decimal("2.00"), valid_from=dt.date(2023, 9, 16))
        own = Tariff.objects.create(**common, institution=till.desk.school, rate=Decimal("3.00"), valid_from=dt.date(2023, 9, 20))
    for date, tariff in ((15, old), (16, new), (20, own)):
        claim = till.claim(None, till.cost("2.00", incurred_on=dt.date(2023, 9, date)))
        with whole_state():
            assert ClaimItem.objects.get(claim=claim).tariff_id == tariff.pk
    dear = partial(till.cost, incurred_on=dt.date(2023, 9, 17))
    assert problems(lambda: till.claim(None, dear("4.01", units=Decimal(2)))) == {"items.0.amount": Code.LIMIT_EXCEEDED}
    assert till.claim(None, dear("4.00", units=Decimal(2)))


# -- the same cost ---------------------------------------------------------------------------------------------------------
def _birch(cast: Cast) -> tuple[Any, Any, Any]:
    """Another municipality's school with a learner who has the same personal code, and its author."""
    school = cast.schools["birch"]
    agreement = CooperationAgreement.objects.create(
        programme=Programme.objects.get(),
        number="P6-2/1",
        signed_on=dt.date(2017, 12, 1),
        municipality=Municipality.objects.get(code="LV-042"),
    )
    InstitutionParticipation.objects.create(agreement=agreement, institution=school, joined_on=dt.date(2017, 12, 1))
    semester = Semester.objects.get(code="2023/2024-1")
    with whole_state():
        learner = LearnerFactory(registering_institution=school)
        plan = SupportPlanFactory(
            enrolment=EnrolmentFactory(learner=learner),
            semester=semester,
            period_from=semester.starts_on,
            period_to=semester.plan_period_ends_on,
        )
        return learner, MeasureFactory(plan=plan, code="CATERING", planned_amount=Decimal(500)), cast.staff["author of birch"]


def test_the_same_cost_is_found_in_another_school_and_nothing_is_told(till: Till, cast: Cast) -> None:
    learner, elsewhere, author = _birch(cast)
    measure = till.catering()
    with whole_state():
        for person in (learner, measure.learner):
            set_identity(learner=person, personal_code=CODE)
    bill = {"document_number": "Nr. A-17", "seller": "Ēdnīca Kļava", "incurred_on": dt.date(2023, 9, 14)}
    till.claim(measure, till.cost(**bill))
    same = bill | {"document_number": "nr.a-17", "seller": "EDNICA  KLAVA"}
    again = {
        "theirs": lambda: till.claim(
            elsewhere, till.cost(**same, proof_id=till.proof(institution=cast.schools["birch"]).pk), who=author
        ),
        "own": lambda: till.claim(measure, till.cost(**same)),
    }
    told = []
    for name, act in again.items():
        with pytest.raises(Refusal) as met, translation.override("en"):
            act()
        told.append([(str(each.code), each.field, str(each.message)) for each in met.value.problems])
        assert [each.code for each in met.value.problems] == [Code.DUPLICATE], name
    assert told[0] == told[1], "the answer depends on where the other claim is"
    assert not any(word in told[0][0][2].lower() for word in ("maple", "madona", "klava", "a-17"))


def test_a_cost_stands_once_in_a_claim_and_is_free_after_a_rejection(till: Till) -> None:
    measure = till.catering()
    bill = till.cost(document_number="B-1")
    assert problems(lambda: till.claim(measure, bill, bill)) == {"items.1": Code.DUPLICATE}
    first = till.claim(measure, bill)
    assert problems(lambda: till.claim(measure, bill)) == {"items": Code.DUPLICATE}
    till.reject(first)
    again = till.approve(till.claim(measure, bill))
    till.taken_back(again, "31.49")
    assert problems(lambda: till.claim(measure, bill)) == {"items": Code.DUPLICATE}
    till.taken_back(again)
    assert till.claim(measure, bill)


def test_who_does_not_reach_the_learner_claims_nothing(till: Till) -> None:
    scope = till.desk.scope(till.desk.author)
    narrow = type(scope)(
        principal_id=scope.principal_id,
        app_id=1,
        token_scopes=frozenset({"money.read", "money.write", "plans.read"}),
        holdings=scope.holdings,
        on=scope.on,
    )
    measure, cost = till.catering(), till.cost()

    def act() -> None:
        with scoped(narrow):
            claim_reimbursement(scope=narrow, measure_id=measure.pk, period=SEPTEMBER, items=(cost,))

    assert problems(act) == {"measure_id": Code.NOT_FOUND}

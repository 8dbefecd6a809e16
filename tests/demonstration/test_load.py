"""The demonstration: the seed school's true figures, lifelike order, generated names, loaded once."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import Count, F, Sum
from pytest_django.plugin import DjangoDbBlocker

from backend.accounts.models import User
from backend.accounts.scope import enter_scope
from backend.cases.delivery.models import Consultation, ConsultationSheet, Timesheet, TimesheetLine
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.plans.models import Measure, PlanStatus, PlanStep, RiskAssessment, SupportPlan
from backend.cases.reimbursements.funding import split
from backend.cases.reimbursements.models import LedgerPosting, PaymentBatch, ReimbursementClaim
from backend.core.reference import read_csv
from backend.demonstration import example_schools, loading, names, seed_school
from backend.demonstration.checking import check
from backend.demonstration.context import Context
from backend.demonstration.seed_school import ASSUMED_NOTE
from backend.insight.statistics.selectors import semester_report
from backend.registry import reference as registry
from backend.registry.models import CooperationAgreement
from backend.territory import reference as territory
from backend.territory.models import Institution, Municipality, Semester, StructuralUnit
from tests.factories.rows import STATE, check_keys_now

MODELS: tuple[type[models.Model], ...] = (
    Institution,
    User,
    Learner,
    Enrolment,
    SupportPlan,
    PlanStep,
    RiskAssessment,
    Measure,
    Consultation,
    ReimbursementClaim,
)


@pytest.fixture(scope="module")
def loaded(django_db_setup: object, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    """Reference data and demonstration, written once for this file and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        territory.load()
        registry.load()
        enter_scope(STATE)
        yield loading.load()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _within(loaded: dict[str, int], db: None) -> None:
    enter_scope(STATE)


def test_every_invariant_holds() -> None:
    findings = check()
    assert len(findings) >= 15
    assert [finding for finding in findings if not finding.holds] == []


def test_the_seed_schools_figures() -> None:
    semester, school = Semester.objects.get(code="2022/2023-2"), Institution.objects.get(code="RTRIT")
    report = semester_report(scope=STATE, semester=semester, institution=school)
    assert report is not None
    totals = {row.kind: (row.learners, str(row.amount)) for row in report.reimbursements}
    assert (report.plans, totals["CATERING"]) == (157, (151, "31732.17"))
    assert (totals["ACCOMMODATION"][0], totals["PUBLIC_TRANSPORT"][0]) == (47, 20)
    assert len(report.consultations) >= 3


def test_the_books_of_every_school_agree_with_its_claims() -> None:
    for school in Institution.objects.filter(code__in=["RTRIT", "EX-MADONA-1", "EX-JEKABPILS-1", "EX-VARAKLANI-1"]):
        claims = ReimbursementClaim.objects.filter(institution=school)
        postings = LedgerPosting.objects.filter(institution=school)

        def left(code: str) -> Decimal:
            sums = postings.filter(account__code=code).aggregate(debit=Sum("debit"), credit=Sum("credit"))  # noqa: B023
            return (sums["debit"] or Decimal(0)) - (sums["credit"] or Decimal(0))

        def claimed(*statuses: str) -> Decimal:
            return claims.filter(status__in=statuses).aggregate(total=Sum("amount"))["total"] or Decimal(0)  # noqa: B023

        assert left("5100") == claimed("APPROVED", "PAID") > 0
        assert -left("2100") == claimed("APPROVED")
        assert -left("1900") == claimed("PAID")
        undecided = claims.annotate(decided=Count("decisions")).exclude(status="CLAIMED").exclude(decided=1)
        assert not undecided.exists()


def test_payments_are_split_over_the_sources_once() -> None:
    batches = PaymentBatch.objects.filter(status="PAID")
    assert batches.count() >= 8
    check_keys_now()  # balances and totals, as at commit
    for batch in batches:
        parts = LedgerPosting.objects.filter(entry__payment__batch=batch, funding_source__code="ESF")
        sums = parts.aggregate(debit=Sum("debit"), credit=Sum("credit"))
        assert (
            sums["credit"] - (sums["debit"] or 0)
            == split(amount=batch.total, share=Decimal("0.85"), precision=Decimal("0.01")).rounded
        )


def test_the_check_notices_one_cent_too_many() -> None:
    claim = ReimbursementClaim.objects.filter(institution__code="RTRIT", kind="CATERING", status="PAID", reverses=None).first()
    assert claim is not None
    claim.amount += 1
    claim.save()
    wrong = {finding.name for finding in check() if not finding.holds}
    assert wrong == {"report: catering, euro", "rows: catering, euro"}
    with pytest.raises(CommandError, match=re.escape("31733.17 instead of 31732.17")):
        call_command("check_demo", verbosity=0)


def test_the_seed_school_is_what_its_page_says() -> None:
    school = Institution.objects.select_related("municipality").get(code="RTRIT")
    assert (school.kind, school.municipality.code, school.is_example) == ("STATE_VOCATIONAL", "LV-RIX", False)
    unit = StructuralUnit.objects.select_related("municipality").get(institution=school)
    assert unit.municipality.name_lv == "Preiļu novads"
    agreement = CooperationAgreement.objects.get(institution=school)
    assert (agreement.signed_on.isoformat(), agreement.number) == ("2017-09-25", "")


def test_amounts_that_the_sources_do_not_give_say_so() -> None:
    claims = ReimbursementClaim.objects.filter(institution__code="RTRIT", measure__plan__semester__code="2022/2023-2")
    assumed = claims.filter(kind__in=["ACCOMMODATION", "PUBLIC_TRANSPORT"])
    assert assumed.count() == (47 + 20) * 5
    assert set(assumed.values_list("amount_basis", "basis_note")) == {("ASSUMED", ASSUMED_NOTE)}
    reported = claims.filter(kind="CATERING", amount_basis="REPORTED")
    assert reported.count() == 151 * 5
    assert all("division by learner and month assumed" in note for note in reported.values_list("basis_note", flat=True))


def test_risks_have_the_vocational_mix() -> None:
    report = semester_report(
        scope=STATE,
        semester=Semester.objects.get(code="2022/2023-2"),
        institution=Institution.objects.get(code="RTRIT"),
    )
    assert report is not None
    counts = {row.group.value: row.identifications for row in report.risk_identifications}
    whole = sum(counts.values())
    assert counts["ECONOMIC"] / whole == pytest.approx(0.45, abs=0.02)
    assert counts["LEARNING_INSTITUTION"] / whole == pytest.approx(0.45, abs=0.02)
    assert (counts["FAMILY"] + counts["SOCIAL_HEALTH"]) / whole == pytest.approx(0.10, abs=0.02)


def test_invented_schools_are_marked_and_lie_in_three_municipalities() -> None:
    examples = Institution.objects.filter(is_example=True)
    assert {school.code for school in examples} == {"EX-MADONA-1", "EX-MADONA-2", "EX-JEKABPILS-1", "EX-VARAKLANI-1"}
    assert all("paraugs" in school.name_lv and school.source_status == "ASSUMED" for school in examples)
    assert Municipality.objects.filter(institutions__in=examples).distinct().count() == 3


def test_every_status_is_there_to_be_seen() -> None:
    running = set(SupportPlan.objects.filter(semester__code="2023/2024-1").values_list("status", flat=True))
    closed = set(SupportPlan.objects.filter(semester__code="2022/2023-2").values_list("status", flat=True))
    assert running | closed == set(PlanStatus.values)
    assert not SupportPlan.objects.filter(institution__code="RTRIT", status="APPROVED_BY_MUNICIPALITY").exists()
    assert not PlanStep.objects.filter(institution__code="RTRIT", to_status="APPROVED_BY_MUNICIPALITY").exists()


def test_two_learners_moved_and_both_schools_have_their_part() -> None:
    moved = Learner.objects.annotate(schools=models.Count("enrolments__institution", distinct=True)).filter(schools=2)
    assert moved.count() == 2
    ways = {tuple(row.enrolments.order_by("starts_on").values_list("institution__code", flat=True)) for row in moved}
    assert ways == {("EX-MADONA-2", "EX-JEKABPILS-1"), ("EX-MADONA-1", "RTRIT")}


def test_the_semester_before_is_closed_and_the_running_one_open() -> None:
    closed = dict(Semester.objects.values_list("code", "closed_at"))
    assert closed["2022/2023-2"] is not None
    assert closed["2023/2024-1"] is None


def test_names_agree_in_gender_and_nobody_is_called_twice() -> None:
    given = {row["name"]: row["gender"] for row in read_csv(names.FIXTURES / "given_names.csv")}
    families = read_csv(names.FIXTURES / "family_names.csv")
    forms = {"f": {row["feminine"] for row in families}, "m": {row["masculine"] for row in families}}
    people = [*Learner.objects.values_list("given_name", "family_name")]
    people += User.objects.filter(username__startswith="staff.").values_list("first_name", "last_name")
    assert len(people) > 350
    assert len(set(people)) == len(people)
    assert [name for name in people if name[1] not in forms[given[name[0]]]] == []
    pairs = {row["masculine"]: row["feminine"] for row in families}
    assert (pairs["Bērziņš"], pairs["Lācis"], pairs["Podnieks"], pairs["Liepa"]) == ("Bērziņa", "Lāce", "Podniece", "Liepa")


def test_every_hour_of_the_running_semester_stands_on_the_papers_that_recording_opens() -> None:
    hours = Consultation.objects.filter(held_on__gte=dt.date(2023, 9, 1))
    counted = Counter[tuple[UUID, UUID, dt.date]]()
    pairs = set()
    for row in hours:
        counted[row.institution_id, row.provider_id, row.held_on.replace(day=1)] += row.learner_confirmed_at is not None
        pairs.add((row.measure_id, row.provider_id))
    assert len(counted) > 15
    assert set(ConsultationSheet.objects.values_list("measure_id", "provider_id")) == pairs
    sheets = Timesheet.objects.values_list("institution_id", "provider_id", "month", "hours", "status")
    assert {(place, person, month): number for place, person, month, number, _status in sheets} == counted
    assert {row[-1] for row in sheets} == {"ENTERED"}
    fits = TimesheetLine.objects.filter(position__specialist_role=F("specialist_role"))
    assert fits.count() == TimesheetLine.objects.count() > 0


def test_nobody_of_the_generated_staff_can_sign_in() -> None:
    staff = User.objects.filter(username__startswith="staff.")
    assert staff.count() > 20
    assert not any(user.has_usable_password() for user in staff)


def test_loading_again_writes_nothing(loaded: dict[str, int]) -> None:
    before = [model._default_manager.count() for model in MODELS]
    assert loading.load() == {}
    assert [model._default_manager.count() for model in MODELS] == before
    assert all(before)


def test_the_seed_decides_everything() -> None:
    """A second run draws the same rows under the same keys."""

    stored = [
        list(Learner.objects.order_by("id").values_list("id", "family_name", "given_name", "birth_date")),
        list(ReimbursementClaim.objects.order_by("id").values_list("id", "amount", "status")),
        list(Consultation.objects.order_by("id").values_list("id", "held_on", "starts_at", "topic")),
    ]
    context = Context()
    seed_school.write(context)
    example_schools.write(context)
    again = [
        sorted((row.id, row.family_name, row.given_name, row.birth_date) for row in context.rows.of(Learner)),
        sorted((row.id, row.amount, row.status) for row in context.rows.of(ReimbursementClaim)),
        sorted((row.id, row.held_on, row.starts_at, row.topic) for row in context.rows.of(Consultation)),
    ]
    assert again == stored

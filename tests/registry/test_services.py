"""Agreements, joining and leaving, staff, tariffs, closing semesters: the rules, and who may."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts.models import Assignment, Level, Role
from backend.accounts.scope import Scope, scoped
from backend.cases.reimbursements.previews import tariff_preview
from backend.core.clock import now
from backend.core.refusals import Code, Refusal
from backend.insight.statistics.closing import close_semester, reopen_semester
from backend.insight.statistics.models import ReportSnapshot, SemesterClosure
from backend.registry.models import CooperationAgreement, InstitutionParticipation, PartnerAccount, StaffContract, Tariff
from backend.registry.services.agreements import join_institution, leave_institution, sign_agreement
from backend.registry.services.staff import assign_staff, end_assignment
from backend.registry.services.tariffs import set_tariff
from backend.territory.models import Municipality, Region, Semester
from tests.cases.desk import Desk, make_desk, problems
from tests.factories.cast import Cast
from tests.factories.rows import UserFactory, user_with, whole_state

SEPTEMBER = dt.date(2023, 9, 1)
IBAN = "LV80BANK0000435195001"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast)


Doing = Callable[..., Any]


def doing(service: Callable[..., Any], standard: dict[str, Any], scope: Scope) -> Doing:
    """`act(**fields)` calls a service in a scope with the standard input, changed by `fields`."""

    def act(**fields: Any) -> Any:
        acting = fields.pop("scope", scope)
        with scoped(acting):
            return service(scope=acting, **(standard | fields))

    return act


def allowed(cast: Cast, act: Callable[[Scope], Any]) -> set[str]:
    """People of the cast who may; the others are refused with NOT_ALLOWED or see nothing."""
    found = set()
    for person in cast.staff:
        try:
            with transaction.atomic():
                act(cast.scope(person))
                found.add(person)
                transaction.set_rollback(True)
        except Refusal as refused:
            if not refused.codes <= {Code.NOT_ALLOWED, Code.NOT_FOUND}:
                raise
    return found


# -- agreements ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def sign(cast: Cast) -> Doing:
    standard = {
        "number": "P6-13/17",
        "signed_on": dt.date(2017, 9, 1),
        "municipality_id": Municipality.objects.get(code="LV-042").pk,
    }
    return doing(sign_agreement, standard, cast.scope("agency"))


def test_an_agreement_is_recorded_by_number_and_date_with_the_partners_account(sign: Doing) -> None:
    agreement = sign(number=" P6-13/17 ", account_holder="Jēkabpils novads", iban="lv80 bank 0000 4351 9500 1", bic="HABALV22")
    assert (agreement.number, agreement.signed_on, agreement.institution_id) == ("P6-13/17", dt.date(2017, 9, 1), None)
    with whole_state():
        account = PartnerAccount.objects.get(agreement=agreement)
    assert (account.iban, account.bic, account.valid_from) == (IBAN, "HABALV22", dt.date(2017, 9, 1))
    assert problems(sign) == {"number": Code.DUPLICATE}


def test_an_agreement_has_one_partner(sign: Doing, cast: Cast) -> None:
    state, municipal = cast.schools["technical"].pk, cast.schools["maple"].pk
    assert problems(partial(sign, municipality_id=None)) == {"municipality_id": Code.REQUIRED}
    assert problems(partial(sign, institution_id=state)) == {"municipality_id": Code.INVALID}
    assert problems(partial(sign, municipality_id=None, institution_id=municipal)) == {"institution_id": Code.UNMET_CONDITION}
    assert problems(partial(sign, municipality_id=uuid.uuid4())) == {"municipality_id": Code.NOT_FOUND}
    assert sign(municipality_id=None, institution_id=state).institution_id == state


def test_what_is_wrong_with_an_agreement_is_named_at_once(sign: Doing) -> None:
    wrong = {"number": " ", "signed_on": dt.date(2024, 1, 1), "iban": "LV00BANK", "account_holder": "", "bic": "X"}
    assert problems(partial(sign, **wrong)) == {
        "number": Code.REQUIRED,
        "signed_on": Code.OUT_OF_PERIOD,
        "account_holder": Code.REQUIRED,
        "iban": Code.INVALID,
        "bic": Code.INVALID,
    }
    assert problems(partial(sign, signed_on=dt.date(2015, 1, 1))) == {"signed_on": Code.OUT_OF_PERIOD}
    assert problems(partial(sign, ends_on=dt.date(2017, 8, 31))) == {"ends_on": Code.INVALID}


def test_only_the_agency_signs(sign: Doing, cast: Cast) -> None:
    assert allowed(cast, lambda scope: sign(scope=scope)) == {"agency"}


def test_without_the_right_to_money_no_account_is_written(sign: Doing, cast: Cast) -> None:
    narrow = replace(cast.scope("agency"), app_id=1, token_scopes=frozenset({"registry.read", "registry.write"}))
    assert problems(partial(sign, scope=narrow, account_holder="X", iban=IBAN)) == {"iban": Code.NOT_ALLOWED}


# -- joining and leaving ---------------------------------------------------------------------------------------------------
@pytest.fixture
def join(cast: Cast, desk: Desk) -> Doing:
    standard = {
        "institution_id": cast.schools["linden"].pk,
        "agreement_id": CooperationAgreement.objects.get(number="P6-1/1").pk,
        "joined_on": SEPTEMBER,
    }
    return doing(join_institution, standard, cast.scope("agency"))


def test_institutions_join_under_their_municipalitys_agreement_one_by_one(join: Doing, cast: Cast) -> None:
    assert join().joined_on == SEPTEMBER
    assert problems(join) == {"joined_on": Code.DUPLICATE}
    elsewhere = cast.schools["birch"].pk
    assert problems(partial(join, institution_id=elsewhere)) == {"agreement_id": Code.UNMET_CONDITION}
    assert problems(partial(join, institution_id=uuid.uuid4())) == {"institution_id": Code.NOT_FOUND}
    assert problems(partial(join, agreement_id=uuid.uuid4(), institution_id=elsewhere)) == {"agreement_id": Code.NOT_FOUND}


def test_a_merged_municipalitys_institutions_join_under_the_successors(join: Doing, cast: Cast) -> None:
    """Varakļāni went to Madona in July 2025."""
    assert join(institution_id=cast.schools["oak"].pk).pk


def test_a_state_institution_joins_under_its_own_agreement(join: Doing, sign: Doing, cast: Cast) -> None:
    place = cast.schools["technical"].pk
    assert problems(partial(join, institution_id=place)) == {"agreement_id": Code.UNMET_CONDITION}
    own = sign(municipality_id=None, institution_id=place, number="P6-12/133-2019", signed_on=dt.date(2019, 9, 2))
    assert problems(partial(join, institution_id=place, agreement_id=own.pk, joined_on=dt.date(2018, 9, 3)))["joined_on"]
    assert join(institution_id=place, agreement_id=own.pk).agreement_id == own.pk


def test_who_lets_institutions_join(join: Doing, cast: Cast) -> None:
    assert allowed(cast, lambda scope: join(scope=scope)) == {"agency", "coordinator of madona", "coordinator of vidzeme"}


@pytest.fixture
def leave(cast: Cast, desk: Desk) -> Doing:
    standard = {
        "participation_id": InstitutionParticipation.objects.get(institution=desk.school).pk,
        "left_on": dt.date(2024, 8, 31),
    }
    return doing(leave_institution, standard, cast.scope("agency"))


def test_an_institution_leaves_once_its_plans_are_done(leave: Doing, desk: Desk) -> None:
    desk.running_plan()
    assert problems(partial(leave, left_on=dt.date(2023, 10, 1)))["left_on"] is Code.UNMET_CONDITION
    assert problems(partial(leave, left_on=dt.date(2017, 1, 1)))["left_on"] in {Code.OUT_OF_PERIOD, Code.UNMET_CONDITION}
    left = leave(reason="Iestāde apvienota", expected_version=1)
    assert (left.left_on, left.version) == (dt.date(2024, 8, 31), 2)
    assert problems(leave) == {"participation_id": Code.LOCKED}
    with whole_state(), connection.cursor() as cursor:
        cursor.execute("select trail_reason from trail.registry_institutionparticipation where left_on is not null")
        assert {row[0] for row in cursor.fetchall()} == {"Iestāde apvienota"}


def test_who_ends_an_institutions_part(leave: Doing, cast: Cast) -> None:
    assert allowed(cast, lambda scope: leave(scope=scope)) == {"agency", "coordinator of madona", "coordinator of vidzeme"}
    assert problems(partial(leave, participation_id=uuid.uuid4())) == {"participation_id": Code.NOT_FOUND}


# -- staff -------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def assign(cast: Cast, desk: Desk) -> Doing:
    standard = {
        "role": "plan_author",
        "institution_id": desk.school.pk,
        "valid_from": SEPTEMBER,
        "username": UserFactory().username,
    }
    return doing(assign_staff, standard, cast.scope("agency"))


def test_somebody_is_attached_with_role_period_and_contract(assign: Doing, desk: Desk) -> None:
    made = assign(role="support_provider", position_code="pedagogs", contract_number="D-7", valid_to=dt.date(2024, 5, 31))
    assert (made.role, made.level, made.institution_id, made.version) == ("support_provider", "INSTITUTION", desk.school.pk, 1)
    with whole_state():
        contract = StaffContract.objects.get(user_id=made.user_id)
    assert (contract.number, contract.starts_on, contract.ends_on) == ("D-7", SEPTEMBER, dt.date(2024, 5, 31))
    assert problems(partial(assign, role="support_provider")) == {"role": Code.DUPLICATE}


def test_a_coordinator_comes_before_plan_authors(assign: Doing, cast: Cast) -> None:
    linden = cast.schools["linden"].pk
    assert problems(partial(assign, institution_id=linden)) == {"role": Code.UNMET_CONDITION}
    assert assign(institution_id=linden, role="institution_coordinator", username=UserFactory().username)
    assert assign(institution_id=linden).role == "plan_author"


def test_the_unit_fits_the_role(assign: Doing, cast: Cast) -> None:
    madona = Municipality.objects.get(code="LV-059").pk
    assert problems(partial(assign, role="municipality_coordinator")) == {"role": Code.INVALID}
    assert problems(partial(assign, institution_id=None)) == {"role": Code.INVALID}
    assert problems(partial(assign, municipality_id=madona)) == {"institution_id": Code.INVALID}
    assert assign(role="municipality_coordinator", institution_id=None, municipality_id=madona).level == "MUNICIPALITY"
    region = Region.objects.get(code="Latgale").pk
    other = {"role": "regional_coordinator", "institution_id": None, "region_id": region, "username": UserFactory().username}
    assert assign(**other).region_id == region


def test_the_account_is_named_and_is_a_persons(assign: Doing, cast: Cast, desk: Desk) -> None:
    agency = cast.staff["agency"]
    app = UserFactory(is_service=True)
    assert problems(partial(assign, username="")) == {"account_id": Code.REQUIRED}
    assert problems(partial(assign, account_id=agency.pk)) == {"account_id": Code.INVALID}
    assert problems(partial(assign, username="nobody.here")) == {"username": Code.NOT_FOUND}
    assert problems(partial(assign, username=agency.username)) == {"username": Code.NOT_ALLOWED}
    assert problems(partial(assign, username=app.username)) == {"username": Code.NOT_ALLOWED}


def test_roles_that_one_person_may_not_join(assign: Doing, cast: Cast, desk: Desk) -> None:
    madona = user_with(
        Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, Municipality.objects.get(code="LV-059"), username="both"
    )
    head = {"role": "institution_head", "username": madona.username}
    assert problems(partial(assign, **head)) == {"role": Code.UNMET_CONDITION}
    assert assign(**head, institution_id=cast.schools["birch"].pk), "the coordinator of another municipality may"
    given_by_nobody = problems(partial(assign, role="auditor", institution_id=None))
    assert given_by_nobody == {"role": Code.NOT_ALLOWED}


@pytest.mark.parametrize(
    ("role", "who"),
    [
        ("plan_author", {"agency", "coordinator of madona", "coordinator of vidzeme"}),
        ("institution_head", {"agency", "coordinator of madona", "coordinator of vidzeme"}),
    ],
)
def test_who_attaches_whom_at_maple(assign: Doing, cast: Cast, role: str, who: set[str]) -> None:
    assert allowed(cast, lambda scope: assign(scope=scope, role=role)) == who


def test_a_head_attaches_authors_and_no_other_head(assign: Doing, cast: Cast) -> None:
    linden, head = cast.schools["linden"].pk, cast.scope("head of linden")
    assert assign(scope=head, institution_id=linden, role="institution_coordinator", username=UserFactory().username)
    assert assign(scope=head, institution_id=linden)
    other = partial(assign, scope=head, institution_id=linden, role="institution_head")
    assert problems(other) == {"role": Code.NOT_ALLOWED}


def test_an_assignment_ends_and_stays_in_the_past(cast: Cast, desk: Desk) -> None:
    held = Assignment.objects.get(user=cast.staff["provider of maple"])
    end = doing(end_assignment, {"assignment_id": held.pk, "valid_to": dt.date(2023, 10, 31)}, cast.scope("agency"))
    ended = end(expected_version=1, reason="Pensija")
    assert (ended.valid_to, ended.version) == (dt.date(2023, 10, 31), 2)
    assert problems(partial(end, expected_version=1)) == {"expected_version": Code.CONFLICT}
    assert problems(partial(end, valid_to=dt.date(2023, 12, 1))) == {"valid_to": Code.OUT_OF_PERIOD}
    assert end(valid_to=dt.date(2023, 10, 1)).valid_to == dt.date(2023, 10, 1)
    assert problems(end) == {"assignment_id": Code.LOCKED}
    assert problems(partial(end, assignment_id=uuid.uuid4())) == {"assignment_id": Code.NOT_FOUND}


def test_the_last_coordinator_stays_while_there_are_authors(cast: Cast, desk: Desk) -> None:
    held = Assignment.objects.get(user=desk.coordinator)
    end = doing(end_assignment, {"assignment_id": held.pk, "valid_to": dt.date(2023, 10, 31)}, cast.scope("agency"))
    assert problems(end) == {"assignment_id": Code.UNMET_CONDITION}
    user_with(Role.INSTITUTION_COORDINATOR, Level.INSTITUTION, desk.school, username="second coordinator")
    assert end().valid_to == dt.date(2023, 10, 31)


def test_who_ends_assignments_of_maple(cast: Cast, desk: Desk) -> None:
    held = Assignment.objects.get(user=cast.staff["provider of maple"])
    end = doing(end_assignment, {"assignment_id": held.pk, "valid_to": dt.date(2023, 10, 31)}, cast.scope("agency"))
    assert allowed(cast, lambda scope: end(scope=scope)) == {"agency", "coordinator of madona", "coordinator of vidzeme"}


# -- tariffs -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def tariff(cast: Cast, desk: Desk) -> Doing:
    standard = {"kind_code": "CATERING", "unit": "MEAL", "rate": Decimal("3.10"), "valid_from": dt.date(2023, 11, 1)}
    return doing(set_tariff, standard, cast.scope("agency"))


def test_a_tariff_is_a_version_that_begins_where_the_old_one_ends(tariff: Doing) -> None:
    old = Tariff.objects.filter(kind_code="CATERING", institution=None, valid_to=None).get()
    new = tariff(expected_version=old.version)
    old.refresh_from_db()
    assert (old.valid_to, old.rate == new.rate) == (dt.date(2023, 10, 31), False)
    assert (new.rate, new.valid_from, new.valid_to, new.category) == (
        Decimal("3.10"),
        dt.date(2023, 11, 1),
        None,
        "REIMBURSEMENT",
    )
    assert problems(tariff) == {"valid_from": Code.CONFLICT}
    assert problems(partial(tariff, valid_from=dt.date(2023, 12, 1), expected_version=9)) == {"expected_version": Code.CONFLICT}


def test_a_preview_writes_nothing_and_says_who_is_affected(tariff: Doing, desk: Desk, cast: Cast) -> None:
    plan = desk.running_plan()
    desk.measure(plan, code="CATERING")
    count = Tariff.objects.count()
    asked = {
        "kind_code": "CATERING",
        "unit": "MEAL",
        "rate": Decimal("3.10"),
        "institution_id": None,
        "valid_from": dt.date(2023, 11, 1),
        "valid_to": None,
    }

    def counted(person: str) -> Any:
        scope = cast.scope(person)
        with scoped(scope):
            return tariff_preview(scope=scope, **asked)

    before = counted("agency")
    assert tariff(preview_only=True) is None
    assert Tariff.objects.count() == count
    assert (before.institutions, before.plans, before.measures) == (2, 2, 2), "birch's Dāvis and this one"
    tariff()
    assert counted("agency") == before
    assert counted("coordinator of madona") is None, "a part would pass for the whole"


def test_what_is_wrong_with_a_tariff(tariff: Doing) -> None:
    assert problems(partial(tariff, rate=None)) == {"rate": Code.REQUIRED}
    assert problems(partial(tariff, rate=Decimal("-1"), cap=Decimal(5))) == {"rate": Code.INVALID, "cap_period": Code.REQUIRED}
    assert problems(partial(tariff, cap_period="MONTH")) == {"cap_period": Code.INVALID}
    assert problems(partial(tariff, unit="ACRE")) == {"unit": Code.INVALID}
    assert problems(partial(tariff, kind_code="GOLD")) == {"kind_id": Code.NOT_FOUND}
    assert problems(partial(tariff, valid_to=dt.date(2023, 10, 1))) == {"valid_to": Code.INVALID}
    Semester.objects.filter(code="2023/2024-2").update(closed_at=now())
    assert problems(tariff) == {"valid_from": Code.LOCKED}


def test_only_the_agency_sets_tariffs(tariff: Doing, cast: Cast) -> None:
    assert allowed(cast, lambda scope: tariff(scope=scope)) == {"agency"}


# -- semesters ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def closing(cast: Cast, desk: Desk) -> tuple[Doing, Doing]:
    past = {"semester_id": Semester.objects.get(code="2022/2023-2").pk}
    agency = cast.scope("agency")
    return doing(close_semester, past, agency), doing(reopen_semester, past | {"reason": "Jālabo stundas"}, agency)


def test_a_semester_is_closed_with_its_figures_reopened_and_corrected(closing: tuple[Doing, Doing], cast: Cast) -> None:
    close, reopen = closing
    assert close(expected_version=1).closed_at is not None
    assert problems(close) == {"semester_id": Code.CONFLICT}
    opened = reopen(expected_version=2)
    assert (opened.closed_at, opened.version) == (None, 3)
    assert problems(reopen) == {"semester_id": Code.UNMET_CONDITION}
    close()
    with whole_state():
        first, second = SemesterClosure.objects.order_by("closed_at")
    assert (first.reopen_reason, second.reopened_at) == ("Jālabo stundas", None)
    assert first.content_hash == second.content_hash, "nothing was changed in between"
    with whole_state():
        snapshots = list(ReportSnapshot.objects.order_by("number").values_list("number", "reason", "figures__plans"))
    assert snapshots == [(1, "", 6), (2, "Jālabo stundas", 6)]


def test_a_semester_that_was_loaded_as_closed_is_sealed_before_it_opens(closing: tuple[Doing, Doing]) -> None:
    _close, reopen = closing
    Semester.objects.filter(code="2022/2023-2").update(closed_at=now())
    reopen()
    with whole_state():
        closure = SemesterClosure.objects.get()
    assert (closure.closed_by_id, closure.reopen_reason) == (None, "Jālabo stundas")


def test_a_running_semester_is_not_closed(closing: tuple[Doing, Doing]) -> None:
    close, reopen = closing
    running = Semester.objects.get(code="2023/2024-1").pk
    assert problems(partial(close, semester_id=running)) == {"semester_id": Code.OUT_OF_PERIOD}
    assert problems(partial(close, semester_id=uuid.uuid4())) == {"semester_id": Code.NOT_FOUND}
    close()
    assert problems(partial(reopen, reason=" ")) == {"reason": Code.REQUIRED}


def test_only_the_agency_closes_and_reopens(closing: tuple[Doing, Doing], cast: Cast) -> None:
    close, reopen = closing
    assert allowed(cast, lambda scope: close(scope=scope)) == {"agency"}
    close()
    assert allowed(cast, lambda scope: reopen(scope=scope)) == {"agency"}

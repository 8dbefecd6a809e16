"""One factory a model. Rows are valid by default; a test names only what it is about.

Case rows lie in somebody's scope: write them inside `whole_state()` (or a scope under test).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import factory
from django.db import connection
from factory.django import DjangoModelFactory

from backend.accounts.models import Level, Role, User
from backend.accounts.scope import Holding, Scope, scoped
from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.learners.names import name_keys
from backend.cases.plans.models import Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.core.clock import now
from backend.core.text import sort_key
from backend.registry.models import MeasureKind, RiskFactor
from backend.territory.models import Institution, Municipality, Semester

STATE = Scope(
    holdings=tuple(
        Holding(role=role, level=Level.STATE, unit_code="", whole_state=True, institution_ids=frozenset())
        for role in (Role.IKVD, Role.INSTITUTION_COORDINATOR)  # together they write every room
    ),
    on=dt.date(2023, 10, 16),
)


@contextmanager
def whole_state() -> Iterator[None]:
    """A transaction in which the database shows and takes every row."""
    with scoped(STATE):
        yield


def check_keys_now() -> None:
    """Let deferred foreign keys speak at once, as a commit would."""
    connection.check_constraints()


class InstitutionFactory(DjangoModelFactory[Institution]):
    """A municipality's general school in Madona."""

    class Meta:
        model = Institution

    code = factory.Sequence(lambda number: f"SCHOOL-{number}")
    name_lv = factory.LazyAttribute(lambda row: f"Skola {row.code}")
    kind = "GENERAL"
    municipality = factory.LazyFunction(lambda: Municipality.objects.get(code="LV-059"))
    sort_key = factory.LazyAttribute(lambda row: sort_key(row.name_lv))
    is_example = True


class UserFactory(DjangoModelFactory[User]):
    """Somebody who cannot sign in."""

    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"user-{number}")
    password = "!"


class LearnerFactory(DjangoModelFactory[Learner]):
    """A learner registered by a school and enrolled nowhere."""

    class Meta:
        model = Learner

    given_name = "Paula"
    family_name = "Paraudziņa"
    sort_key = factory.LazyAttribute(lambda row: name_keys(given_name=row.given_name, family_name=row.family_name)[0])
    search_key = factory.LazyAttribute(lambda row: name_keys(given_name=row.given_name, family_name=row.family_name)[1])
    birth_date = dt.date(2008, 4, 5)
    registering_institution = factory.SubFactory(InstitutionFactory)


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    """Grade 8 in 2022/2023, still running, at the school that registered the learner."""

    class Meta:
        model = Enrolment

    learner = factory.SubFactory(LearnerFactory)
    institution = factory.SelfAttribute("learner.registering_institution")
    programme_kind = "GENERAL"
    stage = 8
    starts_on = dt.date(2022, 9, 1)


class SupportPlanFactory(DjangoModelFactory[SupportPlan]):
    """An active plan in 2022/2023, semester 2. Follows its enrolment."""

    class Meta:
        model = SupportPlan

    enrolment = factory.SubFactory(EnrolmentFactory)
    number = factory.Sequence(lambda number: f"IAP-TEST-{number:04}")
    learner = factory.SelfAttribute("enrolment.learner")
    institution = factory.SelfAttribute("enrolment.institution")
    semester = factory.LazyFunction(lambda: Semester.objects.get(code="2022/2023-2"))
    status = "ACTIVE"
    period_from = factory.LazyAttribute(lambda row: row.semester.starts_on)
    period_to = factory.LazyAttribute(lambda row: row.semester.ends_on)
    submitted_at = factory.LazyFunction(now)
    activated_at = factory.LazyFunction(now)


class RiskAssessmentFactory(DjangoModelFactory[RiskAssessment]):
    """Unexcused absence, level 2, at the start."""

    class Meta:
        model = RiskAssessment

    plan = factory.SubFactory(SupportPlanFactory)
    institution = factory.SelfAttribute("plan.institution")
    risk_factor = factory.LazyFunction(lambda: RiskFactor.objects.get(code="unexcused_absence"))
    level_id = 2


class MeasureFactory(DjangoModelFactory[Measure]):
    """Ten hours of a teacher; `code="CATERING"` and the like make a cost of 90 euro."""

    class Meta:
        model = Measure

    class Params:
        code = "TEACHER"

    plan = factory.SubFactory(SupportPlanFactory)
    learner = factory.SelfAttribute("plan.learner")
    institution = factory.SelfAttribute("plan.institution")
    kind = factory.LazyAttribute(lambda row: MeasureKind.objects.filter(code=row.code).latest("valid_from"))
    category = factory.SelfAttribute("kind.category")
    kind_code = factory.SelfAttribute("kind.code")
    planned_hours = factory.LazyAttribute(lambda row: 10 if row.category == "CONSULTATION" else None)
    planned_amount = factory.LazyAttribute(lambda row: Decimal(90) if row.category == "REIMBURSEMENT" else None)


class ConsultationFactory(DjangoModelFactory[Consultation]):
    """An hour that both sides confirmed."""

    class Meta:
        model = Consultation

    measure = factory.SubFactory(MeasureFactory)
    learner = factory.SelfAttribute("measure.learner")
    institution = factory.SelfAttribute("measure.institution")
    specialist_role = factory.SelfAttribute("measure.kind_code")
    provider = factory.SubFactory(UserFactory)
    held_on = dt.date(2023, 2, 6)
    starts_at = dt.time(14)
    topic = "Daļskaitļi"
    provider_confirmed_at = factory.LazyFunction(now)
    learner_confirmed_at = factory.LazyFunction(now)


class ClaimFactory(DjangoModelFactory[ReimbursementClaim]):
    """An approved claim of 31.50 euro for February 2023."""

    class Meta:
        model = ReimbursementClaim

    measure = factory.SubFactory(MeasureFactory, code="CATERING")
    learner = factory.SelfAttribute("measure.learner")
    institution = factory.SelfAttribute("measure.institution")
    kind = factory.SelfAttribute("measure.kind_code")
    period = dt.date(2023, 2, 1)
    amount = Decimal("31.50")
    status = "APPROVED"
    decided_at = factory.LazyAttribute(lambda row: None if row.status == "CLAIMED" else now())
    paid_at = factory.LazyAttribute(lambda row: now() if row.status == "PAID" else None)


def user_with(role: Role, level: Level, unit: Any = None, *, username: str = "") -> User:
    """A user with one role at one unit since the programme began."""
    from backend.accounts.services import assign_role

    user = UserFactory(username=username or f"{role}.{getattr(unit, 'code', 'state')}".lower())
    assign_role(user=user, role=role, level=level, unit=unit, valid_from=dt.date(2017, 3, 16))
    return user

"""Writes a world's facts into the database as the owner, and knows afterwards which fact each row is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from backend.accounts.models import Assignment, User
from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment, Learner, LearnerIdentity
from backend.cases.learners.names import name_keys
from backend.cases.plans.models import Measure, PlanStep, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.core.clock import now
from backend.core.database.roles import acting_as
from backend.core.models import CommandReceipt
from backend.registry.models import MeasureKind, RiskFactor
from backend.territory.models import Institution, Municipality, Region, Semester
from tests.isolation import around
from tests.isolation.facts import Person, World

MODELS: tuple[type[Any], ...] = (
    Learner,
    Enrolment,
    SupportPlan,
    PlanStep,
    RiskAssessment,
    Measure,
    Consultation,
    ReimbursementClaim,
)
_SINCE = dt.date(2017, 3, 16)


@dataclass
class Country:
    """Rows by model, each with the number of its school; learners with their facts."""

    world: World
    schools: list[Institution] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    learners: list[Learner] = field(default_factory=list)
    owned: dict[str, dict[Any, int]] = field(default_factory=lambda: defaultdict(dict))
    """Model name -> key -> school, of all but learners."""
    rows: dict[type[Any], list[Any]] = field(default_factory=lambda: defaultdict(list))
    provider: Any = None
    semester: Any = None
    teaching: Any = None
    meals: Any = None
    factor: Any = None

    def put(self, row: Any, school: int) -> Any:
        """Note a row to be written."""
        self.rows[type(row)].append(row)
        self.owned[type(row).__name__][row.pk] = school
        return row


def settle(world: World) -> Country:
    """Write everything. Ends outside any transaction, connected as before."""
    country = Country(world)
    with acting_as("owner"), transaction.atomic():
        _units(country)
        _people(country)
        for number, person in enumerate(world.learners):
            _learner(country, number, person)
        Learner.objects.bulk_create(country.learners)
        for model in MODELS[1:]:
            model.objects.bulk_create(country.rows[model])
        around.settle(country)
    return country


def clear() -> None:
    """Remove every country."""
    with acting_as("owner"), transaction.atomic():
        around.clear()
        for model in (LearnerIdentity, *reversed(MODELS), CommandReceipt):
            model.objects.all()._raw_delete("default")
        mine = User.objects.filter(username__startswith="world-")
        Assignment.objects.filter(user__in=mine).delete()
        mine.delete()
        for unit in (Institution, Municipality, Region):
            unit.objects.filter(code__startswith="W-")._raw_delete("default")


def _units(country: Country) -> None:
    world = country.world
    regions = [Region(code=f"W-R{number}", name_lv=f"R{number}", sort_key=f"R{number}") for number in range(2)]
    places = [
        Municipality(
            code=f"W-M{number}",
            name_lv=f"M{number}",
            sort_key=f"M{number}",
            kind="MUNICIPALITY",
            region=regions[fact.region],
            valid_from=_SINCE,
            valid_to=fact.until,
        )
        for number, fact in enumerate(world.municipalities)
    ]
    for place, fact in zip(places, world.municipalities, strict=True):
        place.successor = places[fact.successor] if fact.successor is not None else None
    country.schools = [
        Institution(code=f"W-S{number}", name_lv=f"S{number}", sort_key=f"S{number}", kind="GENERAL", municipality=places[place])
        for number, place in enumerate(world.schools)
    ]
    Region.objects.bulk_create(regions)
    Municipality.objects.bulk_create(places)
    Institution.objects.bulk_create(country.schools)
    country.users = [User(username=f"world-{number}", password="!") for number in range(len(world.users))]
    units: dict[str, list[Any]] = {"REGION": regions, "MUNICIPALITY": places, "INSTITUTION": country.schools}
    User.objects.bulk_create(country.users)
    Assignment.objects.bulk_create(
        Assignment(
            user=user,
            role=post.role,
            level=post.level,
            valid_from=post.first,
            valid_to=post.last,
            **({post.level.lower(): units[post.level][post.unit]} if post.level != "STATE" else {}),
        )
        for user, posts in zip(country.users, world.users, strict=True)
        for post in posts
    )


def _people(country: Country) -> None:
    country.provider = User.objects.create(username="world-provider", password="!")
    country.teaching = MeasureKind.objects.get(code="TEACHER")
    country.meals = MeasureKind.objects.get(code="CATERING")
    country.factor = RiskFactor.objects.first()
    country.semester = Semester.objects.get(code="2022/2023-2")


def _learner(country: Country, number: int, person: Person) -> None:
    given, family = f"Vārds{number:02}", f"Uzvārds{number:02}"
    order, search = name_keys(given_name=given, family_name=family)
    learner = Learner(
        given_name=given,
        family_name=family,
        sort_key=order,
        search_key=search,
        birth_date=dt.date(2008, 1, 1 + number),
        registering_institution=country.schools[person.registered_by],
    )
    country.learners.append(learner)
    for order_of_stay, stay in enumerate(person.stays):
        school = country.schools[stay.school]
        enrolment = country.put(
            Enrolment(
                learner=learner,
                institution=school,
                programme_kind="GENERAL",
                stage=9,
                starts_on=stay.first,
                ends_on=stay.last,
                end_reason="MOVED" if stay.last else "",
            ),
            stay.school,
        )
        if stay.planned:
            _plan(country, enrolment, stay.school, number * 5 + order_of_stay)


def _plan(country: Country, enrolment: Enrolment, school: int, slot: int) -> None:
    own = {"learner": enrolment.learner, "institution": enrolment.institution}
    written = {"status": "DRAFT"} if slot % 3 == 0 else {"status": "ACTIVE", "submitted_at": now(), "activated_at": now()}
    plan = country.put(
        SupportPlan(
            number=f"W-{slot:03}",
            enrolment=enrolment,
            semester=country.semester,
            period_from=country.semester.starts_on,
            period_to=country.semester.plan_period_ends_on,
            result_text=f"Iznākums {slot}",
            continue_next=True,
            **written,
            **own,
        ),
        school,
    )
    country.put(PlanStep(plan=plan, institution=enrolment.institution, to_status="DRAFT"), school)
    risk = RiskAssessment(
        plan=plan, institution=enrolment.institution, risk_factor=country.factor, level_id=2, note=f"Iemesls {slot}"
    )
    country.put(risk, school)
    teaching = Measure(
        plan=plan,
        kind=country.teaching,
        category="CONSULTATION",
        kind_code="TEACHER",
        planned_hours=5,
        subject="Fizika",
        risk=risk,
        note=f"Piezīme {slot}",
        **own,
    )
    meals = Measure(
        plan=plan, kind=country.meals, category="REIMBURSEMENT", kind_code="CATERING", planned_amount=90, note="", **own
    )
    country.put(teaching, school)
    country.put(meals, school)
    country.put(
        Consultation(
            measure=teaching,
            specialist_role="TEACHER",
            provider=country.provider,
            held_on=dt.date(2023, 2, 1) + dt.timedelta(days=slot),
            starts_at=dt.time(10),
            topic=f"Temats {slot}",
            **own,
        ),
        school,
    )
    country.put(ReimbursementClaim(measure=meals, kind="CATERING", period=dt.date(2023, 2, 1), amount=30, **own), school)

"""A small country of its own: two municipalities, a school in each, and the case work of both."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from backend.accounts.models import AccessToken, Level, PartnerApp, Role, User
from backend.accounts.roles import token_scopes_for
from backend.accounts.scope import Holding, Scope, enter_scope, leave_scope
from backend.accounts.services import admit_partner_app, assign_role
from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.plans.models import Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.core.clock import now
from backend.core.text import fold, sort_key
from backend.registry.models import MeasureKind, RiskFactor, RiskLevel
from backend.territory.models import Institution, Municipality, Region, Semester

_SINCE = dt.date(2017, 3, 16)
STATE = Scope(
    holdings=tuple(
        Holding(role=role, level=Level.STATE, unit_code="", whole_state=True, institution_ids=frozenset())
        for role in (Role.IKVD, Role.INSTITUTION_COORDINATOR)  # together they write every room
    )
)


@dataclass
class Cast:
    """Who and what there is."""

    semester: Semester
    schools: dict[str, Institution] = field(default_factory=dict)
    learners: dict[str, list[Learner]] = field(default_factory=dict)
    plans: dict[str, list[SupportPlan]] = field(default_factory=dict)
    apps: dict[str, PartnerApp] = field(default_factory=dict)
    provider: User | None = None
    staff: list[User] = field(default_factory=list)

    def token(self, app: str, *, scopes: str | None = None, expired: bool = False) -> str:
        """A fresh token of an app, stored as the platform stores it: by its hash."""
        raw = secrets.token_urlsafe(24)
        token = AccessToken(
            application=self.apps[app],
            scope=self.apps[app].allowed_scopes if scopes is None else scopes,
            expires=now() + dt.timedelta(hours=-1 if expired else 1),
            token="",
        )
        token._raw_token = raw
        token.save()
        assert token.token_checksum == hashlib.sha256(raw.encode()).hexdigest()
        return raw


NAMES = (
    "Ābele Anna|Āboliņš Artis|Cīrulis Čārlijs|Čakāne Zane|Ezeriņa Guna|Ģērmanis Ģirts|Kalniņa Ilze|"
    "Ķauķe Kate|Ļaudama Lība|Ņikitina Nora|Ozols Oto|Šķēle Šarlote|Zariņš Ādolfs"
)


def make_cast(*, learners: int = 12, others: int = 5) -> Cast:
    """Rows of both schools, written with the whole state in reach."""
    with transaction.atomic():
        enter_scope(STATE)
        cast = Cast(semester=_semester())
        for code, count in (("NORTH", learners), ("SOUTH", others)):
            _school(cast, code)
            _people(cast, code, count)
        _apps(cast)
        leave_scope()
    return cast


def _semester() -> Semester:
    found, _ = Semester.objects.get_or_create(  # reference data may be there before
        code="2022/2023-2",
        defaults={
            "school_year": "2022/2023",
            "number": 2,
            "starts_on": dt.date(2023, 1, 9),
            "ends_on": dt.date(2023, 5, 31),
            "plan_period_ends_on": dt.date(2023, 8, 31),
        },
    )
    return found


def _school(cast: Cast, code: str) -> None:
    region = Region.objects.create(code=f"R-{code}", name_lv=f"Reģions {code}", sort_key=sort_key(code))
    municipality = Municipality.objects.create(
        code=f"M-{code}", name_lv=f"Novads {code}", kind="MUNICIPALITY", region=region, valid_from=_SINCE, sort_key=sort_key(code)
    )
    cast.schools[code] = Institution.objects.create(
        code=code, name_lv=f"Ķeizarmežu skola {code}", kind="GENERAL", municipality=municipality, sort_key=sort_key(code)
    )


def _people(cast: Cast, code: str, count: int) -> None:
    school = cast.schools[code]
    cast.provider = cast.provider or User.objects.create_user("skolotaja", first_name="Skolotāja", last_name="Paraudziņa")
    names = NAMES.split("|")
    cast.learners[code], cast.plans[code] = [], []
    for position in range(count):
        family, given = names[position % len(names)].split()
        learner = Learner.objects.create(
            given_name=given,
            family_name=family,
            sort_key=sort_key(f"{family}, {given}"),
            search_key=fold(f"{family} {given} {family}"),
            birth_date=dt.date(2008, 1 + position % 12, 1 + position % 28),
            registering_institution=school,
        )
        cast.learners[code].append(learner)
        cast.plans[code].append(_plan(cast, learner, school, position))


def _plan(cast: Cast, learner: Learner, school: Institution, position: int) -> SupportPlan:
    enrolment = Enrolment.objects.create(
        learner=learner, institution=school, programme_kind="GENERAL", stage=8, starts_on=dt.date(2022, 9, 1)
    )
    plan = SupportPlan.objects.create(
        number=f"{school.code}-{position:03}",
        learner=learner,
        institution=school,
        enrolment=enrolment,
        semester=cast.semester,
        status="ACTIVE" if position % 2 else "DRAFT",
        period_from=cast.semester.starts_on + dt.timedelta(days=position % 3),
        period_to=cast.semester.ends_on,
        submitted_at=now(),
        activated_at=now() if position % 2 else None,
    )
    factor, level = _reference()
    risk = RiskAssessment.objects.create(plan=plan, institution=school, risk_factor=factor, level=level)
    _measures(cast, plan, risk)
    return plan


def _reference() -> tuple[RiskFactor, RiskLevel]:
    factor, _ = RiskFactor.objects.get_or_create(
        code="ABSENCE",
        defaults={"group": "LEARNING_INSTITUTION", "fact_class": "PERSONAL", "name_lv": "Kavējumi", "valid_from": _SINCE},
    )
    level, _ = RiskLevel.objects.get_or_create(value=2, defaults={"name_lv": "vidējs"})
    return factor, level


def _kind(category: str, code: str) -> MeasureKind:
    kind, _ = MeasureKind.objects.get_or_create(
        code=code, defaults={"category": category, "name_lv": code.title(), "valid_from": _SINCE}
    )
    return kind


def _measures(cast: Cast, plan: SupportPlan, risk: RiskAssessment) -> None:
    assert cast.provider is not None
    shared: dict[str, Any] = {"learner": plan.learner, "institution": plan.institution}
    teaching = Measure.objects.create(
        plan=plan,
        kind=_kind("CONSULTATION", "TEACHER"),
        category="CONSULTATION",
        kind_code="TEACHER",
        planned_hours=10,
        risk=risk,
        **shared,
    )
    meals = Measure.objects.create(
        plan=plan,
        kind=_kind("REIMBURSEMENT", "CATERING"),
        category="REIMBURSEMENT",
        kind_code="CATERING",
        planned_amount=Decimal("90"),
        **shared,
    )
    slot = sum(len(people) for people in cast.learners.values())  # one provider gives all hours: each learner at another time
    Consultation.objects.bulk_create(
        Consultation(
            measure=teaching,
            specialist_role="TEACHER",
            provider=cast.provider,
            held_on=dt.date(2023, 2, 1 + day),
            starts_at=dt.time(7 + slot * 40 // 60, slot * 40 % 60),
            topic="Daļskaitļi",
            **shared,
        )
        for day in range(3)
    )
    ReimbursementClaim.objects.create(
        measure=meals, kind="CATERING", period=dt.date(2023, 2, 1), amount=Decimal("31.5"), **shared
    )


def _apps(cast: Cast) -> None:
    for name, role, level, unit in (
        ("north", Role.PLAN_AUTHOR, Level.INSTITUTION, "NORTH"),
        ("south", Role.PLAN_AUTHOR, Level.INSTITUTION, "SOUTH"),
        ("state", Role.IKVD, Level.STATE, ""),
        ("research", Role.RESEARCHER, Level.STATE, ""),
    ):
        account = User.objects.create_user(f"app.{name}", is_service=True)
        assign_role(user=account, role=role, level=level, unit=cast.schools.get(unit), valid_from=_SINCE)
        scopes = [*token_scopes_for([role]), "adhoc", "introspect"]
        if role == Role.PLAN_AUTHOR:
            scopes += ["delivery.read"] if "delivery.read" not in scopes else []
        cast.apps[name] = admit_partner_app(
            name=name, client_id=name, client_secret="a-long-random-secret-of-the-tests", scopes=scopes, service_account=account
        )

"""The named cast of all permission tests: five schools, staff of every level, seven learners.

| school | where | learners |
|---|---|---|
| maple | Madona | Anna; Dāvis until August 2023; Elza is registered, enrolled nowhere |
| linden | Madona | Bruno |
| birch | Jēkabpils | Cecīlija; Dāvis since September 2023 |
| oak | Varakļāni, part of Madona since July 2025 | Francis |
| technical | Rīga, a state institution | Gita |

Everybody enrolled has a plan with a risk, a consultation and a claim, at the school and in the semester of their enrolment.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from backend.accounts.models import Level, Role, User
from backend.accounts.scope import Scope, scope_of
from backend.cases.learners.models import Learner
from backend.cases.plans.models import SupportPlan
from backend.territory.models import Institution, Municipality, Region, Semester
from tests.factories.rows import (
    ClaimFactory,
    ConsultationFactory,
    EnrolmentFactory,
    InstitutionFactory,
    LearnerFactory,
    MeasureFactory,
    RiskAssessmentFactory,
    SupportPlanFactory,
    user_with,
    whole_state,
)

TODAY = dt.date(2023, 10, 16)
SCHOOLS = {
    "maple": ("LV-059", "GENERAL"),
    "linden": ("LV-059", "GENERAL"),
    "birch": ("LV-042", "GENERAL"),
    "oak": ("LV-102", "GENERAL"),
    "technical": ("LV-RIX", "STATE_VOCATIONAL"),
}


@dataclass
class Cast:
    """Who and what there is."""

    schools: dict[str, Institution] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    learners: dict[str, Learner] = field(default_factory=dict)
    plans: dict[str, SupportPlan] = field(default_factory=dict)

    def scope(self, person: str, *, on: dt.date = TODAY) -> Scope:
        """The scope of a member of staff on a day."""
        return scope_of(user=self.staff[person], on=on)


def make_cast() -> Cast:
    """Write the cast; needs the reference data."""
    cast = Cast()
    with whole_state():
        for name, (municipality, kind) in SCHOOLS.items():
            cast.schools[name] = InstitutionFactory(
                code=name.upper(), municipality=Municipality.objects.get(code=municipality), kind=kind
            )
        _hire(cast)
        _learn(cast)
    return cast


def _hire(cast: Cast) -> None:
    place = cast.schools
    madona, vidzeme = Municipality.objects.get(code="LV-059"), Region.objects.get(code="Vidzeme")
    cast.staff = {
        "author of maple": user_with(Role.PLAN_AUTHOR, Level.INSTITUTION, place["maple"]),
        "provider of maple": user_with(Role.SUPPORT_PROVIDER, Level.INSTITUTION, place["maple"]),
        "head of linden": user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, place["linden"]),
        "author of birch": user_with(Role.PLAN_AUTHOR, Level.INSTITUTION, place["birch"]),
        "coordinator of technical": user_with(Role.VOCATIONAL_COORDINATOR, Level.INSTITUTION, place["technical"]),
        "coordinator of madona": user_with(Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, madona),
        "coordinator of vidzeme": user_with(Role.REGIONAL_COORDINATOR, Level.REGION, vidzeme),
        "agency": user_with(Role.IKVD, Level.STATE),
        "auditor": user_with(Role.AUDITOR, Level.STATE),
        "researcher": user_with(Role.RESEARCHER, Level.STATE),
        "expert": user_with(Role.EXPERT, Level.STATE),
        "ngo of madona": user_with(Role.NGO, Level.MUNICIPALITY, madona),
        "team member of maple": user_with(Role.TEAM_MEMBER, Level.INSTITUTION, place["maple"]),
        "data protection officer": user_with(Role.DATA_PROTECTION_OFFICER, Level.STATE),
        "editor": user_with(Role.EDITOR, Level.STATE),
        "administrator": user_with(Role.ADMINISTRATOR, Level.STATE),
    }


def _learn(cast: Cast) -> None:
    closed, running = Semester.objects.get(code="2022/2023-2"), Semester.objects.get(code="2023/2024-1")
    moved_on = {"ends_on": dt.date(2023, 8, 31), "end_reason": "MOVED"}
    for name, school in (
        ("Anna", "maple"),
        ("Bruno", "linden"),
        ("Cecīlija", "birch"),
        ("Dāvis", "maple"),
        ("Elza", "maple"),
        ("Francis", "oak"),
        ("Gita", "technical"),
    ):
        learner = LearnerFactory(given_name=name, registering_institution=cast.schools[school])
        cast.learners[name] = learner
        if name == "Elza":
            continue
        enrolment = EnrolmentFactory(
            learner=learner,
            programme_kind="VOCATIONAL" if school == "technical" else "GENERAL",
            stage=2 if school == "technical" else 8,
            **(moved_on if name == "Dāvis" else {}),
        )
        cast.plans[name] = _plan_of(enrolment, closed)
    later = EnrolmentFactory(
        learner=cast.learners["Dāvis"], institution=cast.schools["birch"], stage=9, starts_on=dt.date(2023, 9, 1)
    )
    cast.plans["Dāvis at birch"] = _plan_of(later, running)


def _plan_of(enrolment: object, semester: Semester) -> SupportPlan:
    plan = SupportPlanFactory(enrolment=enrolment, semester=semester)
    RiskAssessmentFactory(plan=plan)
    ConsultationFactory(measure=MeasureFactory(plan=plan), held_on=semester.starts_on + dt.timedelta(days=14))
    ClaimFactory(measure=MeasureFactory(plan=plan, code="CATERING"), period=semester.starts_on.replace(day=1))
    return plan

"""Registering learners and enrolling them."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command
from backend.accounts.permissions import may
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.learners import selectors
from backend.cases.learners.models import Enrolment, Learner, ProgrammeKind
from backend.cases.learners.names import name_keys
from backend.core import inputs
from backend.core.refusals import Code, Problems, refuse
from backend.registry.selectors import takes_part
from backend.territory.models import Institution, StructuralUnit

YOUNGEST, OLDEST = 5, 70
"""Ages in years that a learner can have; outside them a birth date is a slip of the pen. Ours: no source gives limits."""
LAST_STAGE = {ProgrammeKind.GENERAL: 12, ProgrammeKind.VOCATIONAL: 4}
_FARTHEST_START = dt.timedelta(days=366)
_SCHOOL_AGE = 5


@command("registerLearner", answer=by_key(Learner))
def register_learner(
    *,
    scope: Scope,
    institution_id: UUID,
    given_name: str,
    family_name: str,
    birth_date: dt.date,
    client_mutation_id: str = "",
) -> Learner:
    """Register a learner at an institution, which sees the row from now on; enrolling is a step of its own.

    Names are kept in NFC as written. Raises Refusal: NOT_FOUND, NOT_ALLOWED or UNMET_CONDITION of the institution; REQUIRED
    or INVALID of the names and the birth date.
    """
    _check_institution(scope, Act.REGISTER_LEARNER, institution_id, first=scope.on)
    problems = Problems()
    given = inputs.name(problems, given_name, "given_name")
    family = inputs.name(problems, family_name, "family_name")
    _check_birth_date(problems, birth_date, today=scope.on)
    problems.refuse()
    sort_key, search_key = name_keys(given_name=given, family_name=family)
    learner = Learner(
        given_name=given,
        family_name=family,
        sort_key=sort_key[:512],
        search_key=search_key[:255],
        birth_date=birth_date,
        registering_institution_id=institution_id,
    )
    learner.save(force_insert=True)
    return learner


@command("enrolLearner", answer=by_key(Enrolment))
def enrol_learner(
    *,
    scope: Scope,
    learner_id: UUID,
    institution_id: UUID,
    programme_kind: str,
    stage: int,
    starts_on: dt.date,
    education_programme: str = "",
    structural_unit_id: UUID | None = None,
    client_mutation_id: str = "",
) -> Enrolment:
    """Enrol a learner whom the caller sees, from `starts_on` on without an end.

    `stage` is the grade (1-12) or the course (1-4). Raises Refusal: NOT_FOUND of the learner or the institution, NOT_ALLOWED,
    UNMET_CONDITION when the institution takes no part, INVALID, OUT_OF_PERIOD of the first day, and CONFLICT when the learner
    is enrolled in that period already, in the same words wherever that is (the institution may be out of the caller's sight).
    """
    learner = selectors.learner(scope=scope, learner_id=learner_id)
    if learner is None:
        refuse(Code.NOT_FOUND, _("No such learner within your reach. Register the learner first."), "learner_id")
    problems = Problems()
    inputs.date(problems, starts_on, "starts_on")
    problems.refuse()
    _check_institution(scope, Act.ENROL_LEARNER, institution_id, first=max(starts_on, scope.on))
    programme = inputs.line(problems, education_programme, "education_programme", longest=200, required=False)
    _check_stage(problems, programme_kind, stage)
    _check_start(problems, learner, starts_on, today=scope.on)
    _check_unit(problems, institution_id, structural_unit_id)
    problems.refuse()
    enrolment = Enrolment(
        learner=learner,
        institution_id=institution_id,
        structural_unit_id=structural_unit_id,
        programme_kind=programme_kind,
        stage=stage,
        education_programme=programme,
        starts_on=starts_on,
    )
    enrolment.save(force_insert=True)
    return enrolment


def _check_institution(scope: Scope, act: Act, institution_id: UUID, *, first: dt.date) -> None:
    """Refuse an institution that is not there, that the caller may not act for, or that takes no part."""
    if not Institution.objects.filter(pk=institution_id).exists():
        refuse(Code.NOT_FOUND, _("There is no such institution. Check the id."), "institution_id")
    decision = may(scope=scope, act=act, institution_id=institution_id)
    problems = Problems()
    if not decision.allowed:
        problems.extend([decision.problem("institution_id")])
    elif not takes_part(institution_id=institution_id, first=first):
        problems.add(
            Code.UNMET_CONDITION,
            _("The institution takes no part in the programme on that day. Let it join under an agreement first."),
            "institution_id",
        )
    problems.refuse()


def _check_birth_date(problems: Problems, birth_date: dt.date, *, today: dt.date) -> None:
    if birth_date > today:
        problems.add(Code.INVALID, _("The birth date lies in the future. Check the year."), "birth_date")
    elif not YOUNGEST <= age_on(birth_date, today) <= OLDEST:
        problems.add(Code.INVALID, _("Nobody of that age is a learner here. Check the year of the birth date."), "birth_date")


def _check_stage(problems: Problems, programme_kind: str, stage: int) -> None:
    if programme_kind not in ProgrammeKind.values:
        problems.add(Code.INVALID, _("Choose general or vocational education."), "programme_kind")
    elif not 1 <= stage <= LAST_STAGE[ProgrammeKind(programme_kind)]:
        problems.add(Code.INVALID, _("A grade is 1 to 12, a course 1 to 4."), "stage")


def _check_start(problems: Problems, learner: Learner, starts_on: dt.date, *, today: dt.date) -> None:
    if starts_on > today + _FARTHEST_START:
        problems.add(Code.OUT_OF_PERIOD, _("The first day lies more than a year ahead. Check the year."), "starts_on")
    elif age_on(learner.birth_date, starts_on) < _SCHOOL_AGE:
        problems.add(Code.OUT_OF_PERIOD, _("The learner was not of school age on that day. Check the first day."), "starts_on")


def _check_unit(problems: Problems, institution_id: UUID, unit_id: UUID | None) -> None:
    if unit_id is not None and not StructuralUnit.objects.filter(pk=unit_id, institution_id=institution_id).exists():
        message = _("The unit is not one of this institution. Choose one of its units.")
        problems.add(Code.NOT_FOUND, message, "structural_unit_id")


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Full years on a day; who was born on 29 February is a year older from 1 March on."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))

"""Registering learners, changing what is known of them, enrolling them and ending it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked, touch
from backend.accounts.permissions import may, require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.learners import selectors
from backend.cases.learners.duplicates import note_likely_duplicates
from backend.cases.learners.identity import set_contacts, set_identity
from backend.cases.learners.models import Enrolment, EnrolmentEnd, Learner, ProgrammeKind
from backend.cases.learners.names import name_keys
from backend.cases.learners.personal_code import is_possible
from backend.cases.learners.policies import ENROLMENTS, LEARNERS
from backend.core import inputs
from backend.core.refusals import Code, Problems, Refusal, refuse
from backend.core.text import nfc
from backend.registry.selectors import takes_part
from backend.territory.models import Institution, StructuralUnit

YOUNGEST, OLDEST = 5, 70
"""Ages in years that a learner can have; outside them a birth date is a slip of the pen. Ours: no source gives limits."""
LAST_STAGE = {ProgrammeKind.GENERAL: 12, ProgrammeKind.VOCATIONAL: 4}
_FARTHEST_START = dt.timedelta(days=366)
_SCHOOL_AGE = 5
_LONGEST = {"phone": 40, "email": 254, "guardian": 300}


@dataclass(frozen=True)
class _Stated:
    """What was given of a learner's identity, checked; None: not given."""

    personal_code: str | None = None
    no_code_reason: str | None = None
    phone: str | None = None
    email: str | None = None
    guardian: str | None = None

    @property
    def contacts(self) -> dict[str, str | None]:
        return {"phone": self.phone, "email": self.email, "guardian": self.guardian}


@command("registerLearner", answer=by_key(Learner))
def register_learner(
    *,
    scope: Scope,
    institution_id: UUID,
    given_name: str,
    family_name: str,
    birth_date: dt.date,
    personal_code: str | None = None,
    no_code_reason: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    guardian: str | None = None,
    client_mutation_id: str = "",
) -> Learner:
    """Register a learner at an institution, which sees the row from now on; enrolling is a step of its own.

    Names are kept in NFC as written. The personal code comes in either format, with its hyphen or without; who has none states
    why. A code that is known out of reach changes nothing in what is done, answered or asked of the database: the record
    is worked on with, and the match waits (docs/decisions/0061-same-code-is-noted.md). What to look at (a failing check
    digit, a likely double in reach) is `duplicates.warnings_of`.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED or UNMET_CONDITION of the institution; REQUIRED or INVALID of the names, the birth
    date, the code (an impossible one; neither code nor reason, or both) and the contacts.
    """
    _check_institution(scope, Act.REGISTER_LEARNER, institution_id, first=scope.on)
    problems = Problems()
    given = inputs.name(problems, given_name, "given_name")
    family = inputs.name(problems, family_name, "family_name")
    _check_birth_date(problems, birth_date, today=scope.on)
    stated = _stated(
        problems, personal_code=personal_code, no_code_reason=no_code_reason, phone=phone, email=email, guardian=guardian
    )
    if stated.personal_code is None and stated.no_code_reason is None:
        message = _("Give the personal code; where there is none, state why in noCodeReason.")
        problems.add(Code.REQUIRED, message, "personal_code")
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
    _write_identity(learner, stated)
    note_likely_duplicates(scope=scope, learner=learner)
    return learner


@command("updateLearner", answer=by_key(Learner))
def update_learner(
    *,
    scope: Scope,
    learner_id: UUID,
    given_name: str | None = None,
    family_name: str | None = None,
    birth_date: dt.date | None = None,
    personal_code: str | None = None,
    no_code_reason: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    guardian: str | None = None,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> Learner:
    """Change what is known of a learner; what is not given stays, an empty contact is removed.

    A code takes the place of the reason why there is none, and the other way round. Raises Refusal: NOT_FOUND (absent, out of
    reach, merged, or the learner attends elsewhere by now), CONFLICT (another version), NOT_ALLOWED, REQUIRED, INVALID.
    """
    rows = Learner.objects.filter(LEARNERS.visible_of_few(scope), merged_into=None, erased_at=None)
    learner = locked(rows, pk=learner_id, expected_version=expected_version, field="learner_id")
    _require_anywhere(scope, Act.UPDATE_LEARNER, learner)
    problems = Problems()
    if given_name is not None:
        learner.given_name = inputs.name(problems, given_name, "given_name")
    if family_name is not None:
        learner.family_name = inputs.name(problems, family_name, "family_name")
    if birth_date is not None:
        _check_birth_date(problems, birth_date, today=scope.on)
        learner.birth_date = birth_date
    stated = _stated(
        problems, personal_code=personal_code, no_code_reason=no_code_reason, phone=phone, email=email, guardian=guardian
    )
    problems.refuse()
    learner.sort_key, learner.search_key = name_keys(given_name=learner.given_name, family_name=learner.family_name)
    learner.sort_key, learner.search_key = learner.sort_key[:512], learner.search_key[:255]
    learner.save(update_fields=["given_name", "family_name", "birth_date", "sort_key", "search_key"])
    touch(learner)
    _write_identity(learner, stated)
    note_likely_duplicates(scope=scope, learner=learner)
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


@command("endEnrolment", answer=by_key(Enrolment))
def end_enrolment(
    *,
    scope: Scope,
    enrolment_id: UUID,
    ends_on: dt.date,
    end_reason: str,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> Enrolment:
    """End an enrolment on its last day, with a reason. Plans of the time before stay as they are.

    Raises Refusal: NOT_FOUND, CONFLICT (another version), NOT_ALLOWED, LOCKED (it has ended already), OUT_OF_PERIOD and
    INVALID of the last day, INVALID of the reason.
    """
    rows = Enrolment.objects.filter(ENROLMENTS.visible(scope))
    enrolment = locked(rows, pk=enrolment_id, expected_version=expected_version, field="enrolment_id")
    require(scope=scope, act=Act.END_ENROLMENT, institution_id=enrolment.institution_id, field="enrolment_id")
    if enrolment.ends_on is not None:
        refuse(Code.LOCKED, _("The enrolment has ended already. Enrol the learner anew."), "enrolment_id")
    problems = Problems()
    inputs.date(problems, ends_on, "ends_on")
    if not problems and ends_on < enrolment.starts_on:
        problems.add(Code.OUT_OF_PERIOD, _("The last day lies before the first."), "ends_on")
    elif not problems and ends_on > scope.on + _FARTHEST_START:
        problems.add(Code.OUT_OF_PERIOD, _("The last day lies more than a year ahead. Check the year."), "ends_on")
    if end_reason not in EnrolmentEnd.values:
        problems.add(Code.INVALID, _("Choose why the enrolment ends."), "end_reason")
    problems.refuse()
    enrolment.ends_on, enrolment.end_reason = ends_on, end_reason
    enrolment.save(update_fields=["ends_on", "end_reason"])
    touch(enrolment)
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


def _require_anywhere(scope: Scope, act: Act, learner: Learner) -> None:
    """Refuse who may not act where the learner was registered or is enrolled."""
    enrolled = Enrolment.objects.filter(ENROLMENTS.visible(scope), learner=learner).filter(
        Q(ends_on=None) | Q(ends_on__gte=scope.on)
    )
    places = {learner.registering_institution_id, *enrolled.values_list("institution_id", flat=True)}
    answers = [may(scope=scope, act=act, institution_id=place) for place in places]
    if not any(answer.allowed for answer in answers):
        raise Refusal(answers[0].problem("learner_id"))


def _stated(problems: Problems, *, personal_code: str | None, no_code_reason: str | None, **given: str | None) -> _Stated:
    """What was given, checked. An empty code or reason counts as not given."""
    code = nfc(personal_code) if personal_code is not None else ""
    reason = inputs.line(problems, no_code_reason or "", "no_code_reason", longest=300, required=False)
    if code and reason:
        problems.add(Code.INVALID, _("Give the code, or the reason why there is none; not both."), "no_code_reason")
    if code and not is_possible(code):
        message = _("This cannot be a personal code: it has eleven digits and begins with a date or with 32. Check it.")
        problems.add(Code.INVALID, message, "personal_code")
    contacts = {
        field: None if text is None else inputs.line(problems, text, field, longest=_LONGEST[field], required=False)
        for field, text in given.items()
    }
    if contacts["email"]:
        try:
            validate_email(contacts["email"])
        except ValidationError:
            problems.add(Code.INVALID, _("This is no e-mail address. Write it as name@place.lv."), "email")
    return _Stated(personal_code=code or None, no_code_reason=reason or None, **contacts)


def _write_identity(learner: Learner, stated: _Stated) -> None:
    if stated.personal_code is not None or stated.no_code_reason is not None:
        code, reason = stated.personal_code or "", stated.no_code_reason or ""
        set_identity(learner=learner, personal_code=code, no_code_reason=reason, **stated.contacts)
    elif any(text is not None for text in stated.contacts.values()):
        set_contacts(learner=learner, **stated.contacts)


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Full years on a day; who was born on 29 February is a year older from 1 March on."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))

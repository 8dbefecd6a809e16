"""Confirming consultations for one side, and the one-time codes by which learners do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from backend.accounts.attachments import may_name_others
from backend.accounts.commands import Answer, by_keys, command
from backend.accounts.models import Role
from backend.accounts.permissions import may
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.casefiles.models import CaseFile, FilePurpose
from backend.cases.delivery.codes import CODE_LIFE, code_of, hash_of, open_code
from backend.cases.delivery.derivation import derive_sheets
from backend.cases.delivery.locking import SheetKey, lock_hours
from backend.cases.delivery.models import Channel, ConfirmationCode, Consultation, LearnerConfirmation
from backend.cases.delivery.months import closed_months
from backend.cases.delivery.policies import CONSULTATIONS
from backend.cases.delivery.proofs import Proofs
from backend.cases.delivery.remote_rules import confirmed_until
from backend.core.clock import now
from backend.core.refusals import Code, Message, Problems, refuse

MOST_CONFIRMED = 100


class ConfirmingSide(models.TextChoices):
    """Who confirms a consultation."""

    PROVIDER = "PROVIDER", _("the specialist who gave it")
    LEARNER = "LEARNER", _("the learner who received it")


@dataclass
class _Named:
    """Hours as the command names them, each with its place in the input."""

    rows: list[Consultation]
    problems: Problems = field(default_factory=Problems)

    def note(self, place: int, code: Code, message: Message) -> None:
        """Note a problem of one hour."""
        self.problems.add(code, message, f"consultation_ids.{place}")

    def each(self, unmet: Callable[[Consultation], bool], code: Code, message: Message) -> None:
        """Note a problem of each hour for which `unmet` holds."""
        for place, row in enumerate(self.rows):
            if unmet(row):
                self.note(place, code, message)

    @property
    def months(self) -> set[SheetKey]:
        """The specialists' months in which they lie."""
        return {key_of_row(row) for row in self.rows}


def key_of_row(row: Consultation) -> SheetKey:
    """The specialist's month to which an hour belongs."""
    return SheetKey.of(institution_id=row.institution_id, provider_id=row.provider_id, day=row.held_on)


@command("confirmConsultation", answer=by_keys(Consultation))
def confirm_consultations(
    *,
    scope: Scope,
    consultation_ids: Sequence[UUID],
    side: str,
    method: str = "",
    code: str = "",
    file_id: UUID | None = None,
    client_mutation_id: str = "",
) -> list[Consultation]:
    """Confirm up to 100 hours for one side, all or none; an hour counts on the timesheet once both sides confirmed it.

    The specialist confirms the own hours; an app's own account does so for the people of its institution, and the institution's
    coordinator where the scanned sheet, which carries both signatures, is on record. The learner confirms by a one-time code, by
    the scanned signed sheet, or for a remote hour by a message as the director's order says; a remote hour within one day
    (domain.md 3.1, REM; the number of days is reference data). Raises Refusal at `consultation_ids.<n>`, `method`, `code` or
    `file_id`: REQUIRED, INVALID, NOT_FOUND, NOT_ALLOWED, DUPLICATE, OUT_OF_PERIOD, UNMET_CONDITION, LOCKED, CONFLICT,
    LIMIT_EXCEEDED.
    """
    found = _named(scope, consultation_ids, act=Act.CONFIRM_CONSULTATION)
    moment = now()
    if side == ConfirmingSide.PROVIDER:
        if method or code or file_id:
            found.problems.add(Code.INVALID, _("Method, code and file belong to the learner's side. Leave them out."), "method")
        _check_provider(found, scope)
        change: dict[str, Any] = {"provider_confirmed_at": moment}
    else:
        found.each(lambda row: row.learner_confirmed_at is not None, Code.DUPLICATE, _("The learner confirmed it already."))
        change = {"learner_confirmed_at": moment, "learner_confirmed_by": method}
        change |= _by_method(found, scope, method=method, code=code, file_id=file_id)
        _check_days(found, today=scope.on)
    found.problems.refuse()
    if "confirmation_code" in change:
        ConfirmationCode.objects.filter(pk=change["confirmation_code"].pk).update(used_at=moment)
    keys = [row.pk for row in found.rows]
    Consultation.objects.filter(pk__in=keys).update(**change, version=F("version") + 1, updated_at=moment)
    derive_sheets(found.months, actor_id=scope.principal_id)
    rows = Consultation.objects.in_bulk(keys)
    return [rows[key] for key in keys]


@dataclass(frozen=True)
class IssuedCode:
    """A code as it is told once, with the hours that it confirms."""

    consultations: list[Consultation]
    code: str
    expires_at: dt.datetime


def _remember(issued: IssuedCode) -> list[str]:
    return [row.pk.hex for row in issued.consultations]


def _recall(stored: Any) -> IssuedCode:
    rows = by_keys(Consultation).recall(stored)
    made = open_code(rows, code=None, moment=None)
    if made is None:
        refuse(Code.NOT_FOUND, _("What this command made is no longer within your reach."))
    return IssuedCode(rows, code_of(made.pk, rows), made.expires_at)


@command("issueConfirmationCode", answer=Answer(remember=_remember, recall=_recall))
def issue_confirmation_code(*, scope: Scope, consultation_ids: Sequence[UUID], client_mutation_id: str = "") -> IssuedCode:
    """A one-time code with which one learner confirms these hours, and no others; it holds for a day.

    Nobody issues a code for the own hours: who gave them would hold both confirmations. The institution's coordinator or an
    app's own account does. Only a keyed hash is kept (`backend.cases.delivery.codes`). Raises Refusal like
    `confirm_consultations`.
    """
    found = _named(scope, consultation_ids, act=Act.ISSUE_CONFIRMATION_CODE)
    found.each(lambda row: row.learner_confirmed_at is not None, Code.DUPLICATE, _("The learner confirmed it already."))
    own = [row for row in found.rows if row.provider_id == scope.principal_id]
    if own and not may_name_others(scope=scope):
        message = _("Nobody issues a code for the own hours. Ask the institution's coordinator.")
        found.each(lambda row: row.provider_id == scope.principal_id, Code.NOT_ALLOWED, message)
    _one_learner(found)
    found.problems.refuse()
    first, moment = found.rows[0], now()
    made = ConfirmationCode(
        learner_id=first.learner_id,
        institution_id=first.institution_id,
        issued_by_id=scope.principal_id,
        issued_at=moment,
        expires_at=moment + CODE_LIFE,
    )
    code = code_of(made.pk, found.rows)
    made.code_hash = hash_of(code, found.rows)
    made.save(force_insert=True)
    return IssuedCode(found.rows, code, made.expires_at)


# -- which hours ---------------------------------------------------------------------------------------------------------
def _named(scope: Scope, keys: Sequence[UUID], *, act: Act) -> _Named:
    """The hours, locked with their months, and what stands against changing any. Refuses what cannot be gone on with."""
    if not keys:
        refuse(Code.REQUIRED, _("Name at least one consultation."), "consultation_ids")
    if len(keys) > MOST_CONFIRMED:
        refuse(Code.LIMIT_EXCEEDED, _("Name at most 100 consultations at once."), "consultation_ids")
    seen = _rows(scope, keys)
    lock_hours(sheets={key_of_row(row) for row in seen.values()})
    rows = _rows(scope, keys)  # as they are, now that nobody else changes them
    problems = Problems()
    decisions = {
        place: may(scope=scope, act=act, institution_id=place) for place in {row.institution_id for row in rows.values()}
    }
    for place, key in enumerate(keys):
        row = rows.get(key)
        path = f"consultation_ids.{place}"
        if row is None:
            problems.add(Code.NOT_FOUND, _("No such consultation within your reach. Check the id."), path)
        elif not decisions[row.institution_id].allowed:
            problems.extend([decisions[row.institution_id].problem(path)])
        elif key in keys[:place]:
            problems.add(Code.INVALID, _("It is named twice. Leave one out."), path)
        elif row.version != seen[key].version:
            problems.add(Code.CONFLICT, _("It has changed since you read it. Read it again and repeat your change."), path)
    problems.refuse()
    found = _Named([rows[key] for key in keys])
    message = _("The entry was struck out. Choose the one that stands for it.")
    found.each(lambda row: row.voided_at is not None, Code.UNMET_CONDITION, message)
    closed = closed_months(found.months)
    for place, row in enumerate(found.rows):
        if shut := closed.get(key_of_row(row)):
            found.note(place, shut.code, shut.message)
    return found


def _rows(scope: Scope, keys: Collection[UUID]) -> dict[UUID, Consultation]:
    return Consultation.objects.filter(CONSULTATIONS.visible(scope)).in_bulk(list(keys))


def _one_learner(found: _Named) -> None:
    first = found.rows[0]
    message = _("A code is for the hours of one learner at one institution. Issue one for each.")
    found.each(
        lambda row: (row.learner_id, row.institution_id) != (first.learner_id, first.institution_id), Code.INVALID, message
    )


# -- who and how ---------------------------------------------------------------------------------------------------------
def _check_provider(found: _Named, scope: Scope) -> None:
    found.each(lambda row: row.provider_confirmed_at is not None, Code.DUPLICATE, _("The specialist confirmed it already."))
    others = [row for row in found.rows if row.provider_id != scope.principal_id]
    if not others or may_name_others(scope=scope):
        return
    signed = {
        row.pk
        for row in others
        if row.learner_confirmed_by == LearnerConfirmation.SIGNED_SHEET and _coordinates(scope, row.institution_id)
    }
    message = _("The specialist confirms; the institution's coordinator only where the signed sheet was scanned.")
    found.each(lambda row: row in others and row.pk not in signed, Code.NOT_ALLOWED, message)


def _coordinates(scope: Scope, institution_id: UUID) -> bool:
    return any(held.role == Role.INSTITUTION_COORDINATOR and held.covers(institution_id) for held in scope.holdings)


def _by_method(found: _Named, scope: Scope, *, method: str, code: str, file_id: UUID | None) -> dict[str, Any]:
    """What is stored with the learner's confirmation, by its kind."""
    problems = found.problems
    if method == LearnerConfirmation.ONE_TIME_CODE:
        if file_id is not None:
            problems.add(Code.INVALID, _("A code needs no file. Leave it out."), "file_id")
        return {"confirmation_code": _code(found, code)}
    if code:
        problems.add(Code.INVALID, _("Only the one-time code is confirmed by a code. Leave it out."), "code")
    if method == LearnerConfirmation.SIGNED_SHEET:
        if file_id is None:
            problems.add(Code.REQUIRED, _("Upload the scanned signed sheet and name it here."), "file_id")
        return {"confirmation_file": _file(found, scope, file_id, FilePurpose.SIGNED_SHEET)}
    if method == LearnerConfirmation.REMOTE_MESSAGE:
        message = _("Only a remote consultation is confirmed by a message. Choose the code or the signed sheet.")
        found.each(lambda row: row.channel != Channel.REMOTE, Code.INVALID, message)
        return {"confirmation_file": _file(found, scope, file_id, FilePurpose.REMOTE_CONFIRMATION)}
    problems.add(Code.REQUIRED, _("Say how the learner confirmed: by code, signed sheet or message."), "method")
    return {}


def _code(found: _Named, code: str) -> ConfirmationCode | None:
    if not code:
        found.problems.add(Code.REQUIRED, _("Enter the learner's one-time code."), "code")
        return None
    made = open_code(found.rows, code=code, moment=now())
    if made is None:
        message = _("The code does not confirm these consultations: unknown, used, expired, or for others. Issue a new one.")
        found.problems.add(Code.INVALID, message, "code")
    return made


def _file(found: _Named, scope: Scope, file_id: UUID | None, purpose: FilePurpose) -> CaseFile | None:
    """A scan may be of one learner, whose hours these are then, or of several."""
    people = {row.learner_id for row in found.rows}
    places = {row.institution_id for row in found.rows}
    if len(places) > 1 and file_id is not None:
        found.problems.add(Code.INVALID, _("The file belongs to another learner or institution."), "file_id")
        return None
    whose = people.pop() if len(people) == 1 else None
    return Proofs(found.problems, scope, places.pop(), whose).find(file_id, purpose, "file_id")


def _check_days(found: _Named, *, today: dt.date) -> None:
    until = confirmed_until({row.held_on for row in found.rows if row.channel == Channel.REMOTE})
    message = _("A remote consultation is confirmed within one day, and that day is over. It cannot count: strike it out.")
    found.each(lambda row: row.channel == Channel.REMOTE and today > until[row.held_on], Code.OUT_OF_PERIOD, message)

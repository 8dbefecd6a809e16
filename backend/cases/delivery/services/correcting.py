"""Correcting an hour: the entry is struck out and stays visible, another one stands for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.delivery.derivation import derive_sheets
from backend.cases.delivery.entry import Entry
from backend.cases.delivery.entry_rules import (
    attached_to,
    check_entries,
    check_place,
    check_providers,
    check_timetable,
    stays_in_group,
)
from backend.cases.delivery.locking import lock_hours
from backend.cases.delivery.models import Channel, Consultation
from backend.cases.delivery.months import closed_months
from backend.cases.delivery.opening import month_of, open_papers
from backend.cases.delivery.policies import CONSULTATIONS
from backend.cases.delivery.remote_rules import check_remote
from backend.cases.delivery.services.confirming import key_of_row
from backend.cases.delivery.standing import standing_hours
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, refuse


@dataclass(frozen=True)
class _Wish:
    """What is to be otherwise; None: as it was."""

    held_on: dt.date | None
    starts_at: dt.time | None
    topic: str | None
    provider_id: UUID | None
    channel: str | None
    remote_order_id: UUID | None
    remote_channel: str | None

    @property
    def strikes(self) -> bool:
        """Whether nothing is to stand for the entry."""
        return all(value is None for value in vars(self).values())


@command("correctConsultation", answer=by_key(Consultation))
def correct_consultation(
    *,
    scope: Scope,
    consultation_id: UUID,
    reason: str,
    held_on: dt.date | None = None,
    starts_at: dt.time | None = None,
    topic: str | None = None,
    provider_id: UUID | None = None,
    channel: str | None = None,
    remote_order_id: UUID | None = None,
    remote_channel: str | None = None,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> Consultation:
    """Strike an entry out with a reason; where any value is given, write another entry that names it and takes its place.

    The new entry meets all rules of recording and waits for both confirmations anew; on the sheet it stays between the rows
    before and after it (domain.md 3.1, IAP-24). Answers with the entry that stands, or the struck one. Who records the hours
    corrects them, while the month is neither approved nor submitted. Raises Refusal: those of recording at the input's fields,
    NOT_FOUND, CONFLICT (another version), UNMET_CONDITION (struck out already), LOCKED.
    """
    wish = _Wish(held_on, starts_at, topic, provider_id, channel, remote_order_id, remote_channel)
    problems = Problems()
    stated = inputs.line(problems, reason, "reason", longest=500)
    original = _original(scope, consultation_id)
    require(scope=scope, act=Act.CORRECT_CONSULTATION, institution_id=original.institution_id, field="consultation_id")
    entry = _entry(problems, original, wish)
    lock_hours(plan_ids={original.measure.plan_id}, sheets={key_of_row(original), month_of(entry)})
    seen, original = original, _original(scope, consultation_id)
    if original.version != (seen.version if expected_version is None else expected_version):
        refuse(Code.CONFLICT, _("It has changed since you read it. Read it again and repeat your change."), "expected_version")
    _check_original(problems, scope, original)
    if not wish.strikes:
        _check_entry(problems, scope, entry, original)
    problems.refuse()
    moment = now()
    original.voided_at, original.void_reason = moment, stated
    original.version += 1
    original.updated_at = moment
    original.save(update_fields=["voided_at", "void_reason", "version", "updated_at"])
    stands = original if wish.strikes else _write(entry, original)
    derive_sheets({key_of_row(original), key_of_row(stands)}, actor_id=scope.principal_id)
    return stands


def _original(scope: Scope, key: UUID) -> Consultation:
    rows = Consultation.objects.filter(CONSULTATIONS.visible(scope))
    row = rows.select_related("measure__plan__semester", "measure__plan__enrolment", "measure__kind").filter(pk=key).first()
    if row is None:
        refuse(Code.NOT_FOUND, _("No such consultation within your reach. Check the id."), "consultation_id")
    return row


def _entry(problems: Problems, original: Consultation, wish: _Wish) -> Entry:
    """The entry as it is to stand; what is not given stays. In person it has no order, remote it keeps its own."""
    if wish.held_on is not None:
        inputs.date(problems, wish.held_on, "held_on")
    if wish.starts_at is not None and wish.starts_at.tzinfo is not None:
        problems.add(Code.INVALID, _("Write the start as the clock on the wall shows it, without an offset."), "starts_at")
    topic = original.topic if wish.topic is None else inputs.line(problems, wish.topic, "topic", longest=500)
    through = inputs.line(problems, wish.remote_channel or "", "remote_channel", longest=60, required=False)
    channel = wish.channel or original.channel
    remote = channel == Channel.REMOTE
    problems.refuse()  # a day that no calendar holds has no month
    return Entry(
        position=0,
        measure=original.measure,
        provider_id=wish.provider_id or original.provider_id,
        held_on=wish.held_on or original.held_on,
        starts_at=(wish.starts_at or original.starts_at).replace(microsecond=0),
        topic=topic,
        channel=channel,
        remote_order_id=wish.remote_order_id or (original.remote_order_id if remote else None),
        remote_channel=through or (original.remote_channel if remote else ""),
        alone=True,
    )


def _check_original(problems: Problems, scope: Scope, original: Consultation) -> None:
    if original.voided_at is not None:
        message = _("The entry was struck out. Choose the one that stands for it.")
        problems.add(Code.UNMET_CONDITION, message, "consultation_id")
    if shut := closed_months([key_of_row(original)]).get(key_of_row(original)):
        problems.add(shut.code, shut.message, "consultation_id")
    if original.measure.plan.semester.closed_at is not None:
        problems.add(Code.LOCKED, _("The semester is closed. Ask the agency to reopen it."), "consultation_id")
    own = Problems()
    was = [_as_it_was(original)]
    check_providers(own, scope, was, attached_to(scope, was))
    # Who was not attached any more on that day is what a correction may be about: only whose hours these are counts here.
    problems.extend(problem for problem in own if problem.code == Code.NOT_ALLOWED)


def _as_it_was(original: Consultation) -> Entry:
    return Entry(0, original.measure, original.provider_id, original.held_on, original.starts_at, original.topic, alone=True)


def _check_entry(problems: Problems, scope: Scope, entry: Entry, original: Consultation) -> None:
    check_entries(problems, [entry], today=scope.on)
    named = Problems()
    check_providers(named, scope, [entry], attached_to(scope, [entry]))
    found = {problem.code for problem in problems}
    problems.extend(problem for problem in named if not (problem.code == Code.NOT_ALLOWED and Code.NOT_ALLOWED in found))
    check_remote(problems, scope, [entry])
    open_papers(problems, [entry], actor_id=scope.principal_id, now=now())
    standing = standing_hours([entry], instead_of=original)
    check_place(problems, entry, standing, original=original)
    check_timetable(problems, [entry], standing, instead_of=original)


def _write(entry: Entry, original: Consultation) -> Consultation:
    shared = {"group_key": original.group_key} if stays_in_group(entry, original) else {}
    row = entry.row(corrects=original, **shared)
    row.save(force_insert=True)
    with connection.cursor() as cursor:  # the database's own check looks for the original, so it is made while that is in reach
        cursor.execute("set constraints consultation_corrects_a_voided_one immediate")
    return row

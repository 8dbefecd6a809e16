"""What has to hold for consultation entries, one rule a function (domain.md 3.1)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.attachments import Attached, may_name_others, periods_attached
from backend.accounts.models import Role
from backend.accounts.scope import Scope
from backend.cases.delivery.entry import Entry
from backend.cases.delivery.models import CONSULTATION_MINUTES, LATEST_START, Consultation
from backend.cases.delivery.standing import Standing
from backend.cases.plans.models import PlanStatus
from backend.core.identifiers import uuid7
from backend.core.refusals import Code, Problems
from backend.registry.models import MeasureCategory

_LENGTH = dt.timedelta(minutes=CONSULTATION_MINUTES)
_PROVIDER_ELSEWHERE = _("The provider gives another consultation at that time. Choose another start.")
_LEARNER_ELSEWHERE = _("The learner has another consultation at that time. Choose another start.")


def check_entries(problems: Problems, entries: Iterable[Entry], *, today: dt.date) -> None:
    """Measure, plan and day of each entry."""
    for entry in entries:
        plan, kind = entry.measure.plan, entry.measure.kind
        if kind.category != MeasureCategory.CONSULTATION:
            entry.note(
                problems, Code.INVALID, _("This measure gives no consultations. Choose another of the plan."), "measure_id"
            )
        if plan.status != PlanStatus.ACTIVE:
            entry.note(
                problems, Code.UNMET_CONDITION, _("The plan is not active. Have it approved to the end first."), "measure_id"
            )
        elif plan.semester.closed_at is not None:
            entry.note(problems, Code.LOCKED, _("The semester is closed. Ask the agency to reopen it."), "measure_id")
        if entry.starts_at > LATEST_START:
            entry.note(
                problems,
                Code.INVALID,
                _("An hour ends on the day on which it begins. Choose an earlier start."),
                "starts_at",
            )
        if entry.held_on > today:
            entry.note(
                problems, Code.OUT_OF_PERIOD, _("The day lies in the future. Record it after the hour was given."), "held_on"
            )
        elif not plan.period_from <= entry.held_on <= plan.period_to:
            entry.note(problems, Code.OUT_OF_PERIOD, _("The day lies outside the plan's period. Check the date."), "held_on")
        elif entry.held_on < plan.enrolment.starts_on or (plan.enrolment.ends_on or entry.held_on) < entry.held_on:
            entry.note(problems, Code.OUT_OF_PERIOD, _("The learner was not enrolled on that day. Check the date."), "held_on")


def attached_to(scope: Scope, entries: Sequence[Entry]) -> Attached:
    """Who of the entries' providers is attached at their institutions. Two statements."""
    places, users = {entry.measure.institution_id for entry in entries}, {entry.provider_id for entry in entries}
    periods = periods_attached(role=Role.SUPPORT_PROVIDER, institution_ids=places, user_ids=users)
    return Attached(periods, may_name_others(scope=scope))


def check_providers(problems: Problems, scope: Scope, entries: Sequence[Entry], attached: Attached) -> None:
    """Each provider is attached on the day, and is the caller unless the caller records for others."""
    places = {entry.measure.institution_id for entry in entries}
    periods = defaultdict(list)
    for user, place, first, last in attached.periods:
        periods[user, place].append((first, last))
    coordinated = {place for place in places if _coordinates(scope, place)}
    for entry in entries:
        place = entry.measure.institution_id
        if entry.provider_id != scope.principal_id and place not in coordinated and not attached.caller_names_others:
            message = _("Record your own hours; the institution's coordinator records those of others.")
            entry.note(problems, Code.NOT_ALLOWED, message, "provider_id")
        elif not any(
            first <= entry.held_on and (last is None or entry.held_on <= last)
            for first, last in periods[entry.provider_id, place]
        ):
            message = _(
                "The provider was not attached to the institution as support provider on that day. Have them added first."
            )
            entry.note(problems, Code.UNMET_CONDITION, message, "provider_id")


def _coordinates(scope: Scope, institution_id: UUID) -> bool:
    return any(held.role == Role.INSTITUTION_COORDINATOR and held.covers(institution_id) for held in scope.holdings)


def check_sheets(problems: Problems, entries: Sequence[Entry], standing: Standing) -> None:
    """Against what stands on each measure's sheet: hours left, and rows of a month in the order of time.

    The sheet of a month only grows at its end: a row before the last would change what was confirmed or signed.
    """
    hours = {key: len(rows) for key, rows in standing.of_measure.items()}
    latest: dict[tuple[UUID, int, int], dt.datetime] = {}
    for key, rows in standing.of_measure.items():
        for row in rows:
            month = (key, row.held_on.year, row.held_on.month)
            latest[month] = max(latest.get(month, row.start), row.start)
    for entry in sorted(entries, key=lambda entry: entry.start):
        measure = entry.measure
        hours[measure.pk] = hours.get(measure.pk, 0) + 1
        if measure.planned_hours is not None and hours[measure.pk] > measure.planned_hours:
            wording = _("The plan has {hours} hours for this measure and they are used. Plan more hours first.")
            entry.note(problems, Code.LIMIT_EXCEEDED, format_lazy(wording, hours=measure.planned_hours), "measure_id")
        before = latest.get((measure.pk, entry.held_on.year, entry.held_on.month))
        if before is not None and entry.start <= before:
            message = _("Rows of a month follow each other in time, and a later one is recorded. Correct that one instead.")
            entry.note(problems, Code.INVALID, message, "held_on")


def check_place(problems: Problems, entry: Entry, standing: Standing, *, original: Consultation) -> None:
    """A correction takes the place of its original: the rows of a month stay in the order of time around it.

    In another month it comes last, like any new row.
    """
    first = entry.held_on.replace(day=1)
    was = dt.datetime.combine(original.held_on, original.starts_at)
    moved = original.held_on.replace(day=1) != first
    for row in standing.of_measure[entry.measure.pk]:
        if row.held_on.replace(day=1) != first:
            continue
        if (row.start >= entry.start) if (moved or row.start < was) else (row.start <= entry.start):
            message = _("Rows of a month follow each other in time: keep it between the rows before and after it.")
            entry.note(problems, Code.INVALID, message, "held_on")
            return


def check_timetable(
    problems: Problems, entries: Sequence[Entry], standing: Standing, *, instead_of: Consultation | None = None
) -> None:
    """Nobody is in two places at once, among the entries and against what the caller sees; the database checks the rest.

    An entry that stands `instead_of` another does not meet it, nor those who shared its hour while it stays at that hour.
    """
    for index, entry in enumerate(entries):
        for other in entries[:index]:
            if not _overlap(entry.start, other.start):
                continue
            if entry.measure.learner_id == other.measure.learner_id:
                entry.note(problems, Code.CONFLICT, _LEARNER_ELSEWHERE, "starts_at")
            elif entry.provider_id == other.provider_id and _group_of(entry) != _group_of(other):
                entry.note(problems, Code.CONFLICT, _PROVIDER_ELSEWHERE, "starts_at")
    _check_groups(problems, entries)
    for entry in entries:
        shared = instead_of.group_key if instead_of and stays_in_group(entry, instead_of) else None
        for row in standing.about(entry.held_on):
            if not _overlap(entry.start, row.start):
                continue
            if row.learner_id == entry.measure.learner_id:
                entry.note(problems, Code.CONFLICT, _LEARNER_ELSEWHERE, "starts_at")
            elif row.provider_id == entry.provider_id and row.group_key != shared:
                entry.note(problems, Code.CONFLICT, _PROVIDER_ELSEWHERE, "starts_at")


def _check_groups(problems: Problems, entries: Sequence[Entry]) -> None:
    groups: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[_group_of(entry)].append(entry)
    for members in groups.values():
        most = members[0].measure.kind.group_size_max
        for entry in members[most:]:
            wording = _("At most {most} learners share an hour of this kind of measure. Choose another start.")
            entry.note(problems, Code.LIMIT_EXCEEDED, format_lazy(wording, most=most), "starts_at")


def _group_of(entry: Entry) -> tuple[object, ...]:
    """Entries of one provider, at one institution, at one time, of one kind share the hour."""
    return (entry.provider_id, entry.measure.institution_id, entry.measure.kind_id, entry.start)


def group_keys(entries: Sequence[Entry]) -> dict[int, UUID]:
    """By position: one key for the entries of a group."""
    keys: dict[tuple[object, ...], UUID] = defaultdict(uuid7)
    return {entry.position: keys[_group_of(entry)] for entry in entries}


def stays_in_group(entry: Entry, original: Consultation) -> bool:
    """Whether a correction stays in the hour that its original shared."""
    was = dt.datetime.combine(original.held_on, original.starts_at)
    return entry.start == was and entry.provider_id == original.provider_id


def _overlap(one: dt.datetime, other: dt.datetime) -> bool:
    return abs(one - other) < _LENGTH

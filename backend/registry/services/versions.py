"""What services of reference data in versions share: a change is a new row that begins where the old one ends."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import GONE, Answer
from backend.core.clock import now
from backend.core.idempotency import Json
from backend.core.models import Versioned
from backend.core.refusals import Code, Problems, refuse
from backend.territory.models import Semester
from backend.territory.selectors import in_force

R = TypeVar("R", bound=Model)


def of_version(model: type[R]) -> Answer[R | None]:
    """The answer of a command that writes a version, or only counts what it would touch: then there is none to remember."""

    def recall(stored: Json) -> R | None:
        if not stored:
            return None
        row: R | None = model._default_manager.filter(pk=str(stored)).first()
        return row or refuse(*GONE)

    return Answer(remember=lambda row: row.pk.hex if row is not None else "", recall=recall)


def versions_at(versions: QuerySet[R], day: dt.date) -> R | None:
    """The version in force on a day that began before it, locked: the one that a change from that day on ends."""
    return versions.select_for_update().filter(in_force(day), valid_from__lt=day).first()


def check_period(problems: Problems, valid_from: dt.date, valid_to: dt.date | None) -> None:
    """A version does not end before it begins, nor begin in or before a closed semester."""
    if valid_to is not None and valid_to < valid_from:
        problems.add(Code.INVALID, _("The last day lies before the first."), "valid_to")
    closed = Semester.objects.filter(closed_at__isnull=False, plan_period_ends_on__gte=valid_from)
    if closed.exists():
        message = _("The first day lies in or before a closed semester. Choose a later day, or reopen the semester.")
        problems.add(Code.LOCKED, message, "valid_from")


def check_versions(  # noqa: PLR0917
    problems: Problems,
    versions: QuerySet[Any],
    standing: Any,
    valid_from: dt.date,
    valid_to: dt.date | None,
    expected_version: int | None,
) -> None:
    """The version in force is the one that was read, and no other begins in the new one's period."""
    if expected_version is not None and (standing is None or standing.version != expected_version):
        message = _("It has changed since you read it. Read it again and repeat your change.")
        problems.add(Code.CONFLICT, message, "expected_version")
        return
    until = Q(valid_from__lte=valid_to) if valid_to is not None else Q()
    later = versions.filter(until, valid_from__gte=valid_from).order_by("valid_from").first()
    if later is not None:
        wording = _("Another version begins on {day}. Choose another first day, or end this one before.")
        problems.add(Code.CONFLICT, format_lazy(wording, day=later.valid_from.isoformat()), "valid_from")


def end_before(version: Any, day: dt.date) -> None:
    """End a locked version on the day before `day`."""
    version.valid_to, version.version = day - dt.timedelta(days=1), version.version + 1
    changed = ["valid_to", "version"]
    if isinstance(version, Versioned):
        version.updated_at = now()
        changed.append("updated_at")
    version.save(update_fields=changed)

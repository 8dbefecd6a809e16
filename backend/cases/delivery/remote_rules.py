"""What remote hours stand on: the director's order, and the learner's confirmation within a day (domain.md 3.1, REM)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope
from backend.cases.delivery.entry import Entry
from backend.cases.delivery.models import Channel, RemoteOrder, RemoteOrderPlan, RemoteOrderStaff
from backend.cases.delivery.policies import DELIVERY
from backend.core.refusals import Code, Problems
from backend.core.text import fold
from backend.registry.models import Deadline, Step

_ONE_DAY = 1
"""Found in the source; the list of deadlines may say otherwise for later days."""


def check_remote(problems: Problems, scope: Scope, entries: Sequence[Entry]) -> None:
    """Each remote hour has an order of its institution in force on the day that names specialist, plan and channel."""
    orders = _orders(scope, {entry.remote_order_id for entry in entries if entry.remote_order_id})
    for entry in entries:
        order = orders.get(entry.remote_order_id) if entry.remote_order_id else None
        if entry.remote_order_id and (order is None or order.institution_id != entry.measure.institution_id):
            entry.note(problems, Code.NOT_FOUND, _("No such order of this institution. Record it first."), "remote_order_id")
        elif entry.channel != Channel.REMOTE:
            if order is not None or entry.remote_channel:
                message = _("Only a remote consultation has an order and a channel. Leave them out, or call it remote.")
                entry.note(problems, Code.INVALID, message, "channel")
        elif order is None:
            message = _("A remote consultation needs the director's order. Record it and name it here.")
            entry.note(problems, Code.REQUIRED, message, "remote_order_id")
        else:
            _check_order(problems, entry, order)


def _check_order(problems: Problems, entry: Entry, order: RemoteOrder) -> None:
    if not order.valid_from <= entry.held_on <= order.valid_to:
        entry.note(problems, Code.OUT_OF_PERIOD, _("The order is not in force on that day. Name another."), "remote_order_id")
    if entry.provider_id not in order.staff_ids:  # type: ignore[attr-defined]
        message = _("The order does not name the specialist. Have an order signed that does.")
        entry.note(problems, Code.UNMET_CONDITION, message, "provider_id")
    if entry.measure.plan_id not in order.plan_ids:  # type: ignore[attr-defined]
        message = _("The order does not name the learner's plan. Have an order signed that does.")
        entry.note(problems, Code.UNMET_CONDITION, message, "measure_id")
    if not entry.remote_channel:
        entry.note(problems, Code.REQUIRED, _("Name the channel, as the order does."), "remote_channel")
    elif fold(entry.remote_channel) not in {fold(channel) for channel in order.channels}:
        entry.note(problems, Code.INVALID, _("The order does not name this channel. Choose one of its own."), "remote_channel")


def _orders(scope: Scope, keys: Collection[UUID]) -> dict[UUID, RemoteOrder]:
    if not keys:
        return {}
    staff = RemoteOrderStaff.objects.filter(order_id=OuterRef("pk")).values("user_id")
    plans = RemoteOrderPlan.objects.filter(order_id=OuterRef("pk")).values("plan_id")
    rows = RemoteOrder.objects.filter(DELIVERY.visible(scope), pk__in=keys)
    return {row.pk: row for row in rows.annotate(staff_ids=ArraySubquery(staff), plan_ids=ArraySubquery(plans))}


def confirmed_until(days: Collection[dt.date]) -> dict[dt.date, dt.date]:
    """By day of the hour, the last day on which a learner may confirm a remote one."""
    if not days:
        return {}
    rows = list(Deadline.objects.filter(step=Step.REMOTE_CONFIRM))
    return {day: day + dt.timedelta(days=_days_allowed(rows, day)) for day in days}


def _days_allowed(rows: Sequence[Deadline], day: dt.date) -> int:
    held = [row.days for row in rows if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]
    return held[0] if held else _ONE_DAY

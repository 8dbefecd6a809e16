"""What is recorded already and can stand against new entries, read at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from backend.cases.delivery.entry import Entry
from backend.cases.delivery.models import Consultation


class Hour(NamedTuple):
    """A recorded hour that was not struck out."""

    pk: UUID
    measure_id: UUID
    provider_id: UUID
    learner_id: UUID
    held_on: dt.date
    starts_at: dt.time
    group_key: UUID

    @property
    def start(self) -> dt.datetime:
        """Wall-clock start in Latvia, without a zone."""
        return dt.datetime.combine(self.held_on, self.starts_at)


class Standing:
    """Hours of the entries' measures, and of their people about those days, as far as the caller sees them."""

    def __init__(self, hours: Iterable[Hour]) -> None:
        self.of_measure: dict[UUID, list[Hour]] = defaultdict(list)
        self.on_day: dict[dt.date, list[Hour]] = defaultdict(list)
        for hour in hours:
            self.of_measure[hour.measure_id].append(hour)
            self.on_day[hour.held_on].append(hour)

    def about(self, day: dt.date) -> Iterable[Hour]:
        """Of that day and its neighbours: an hour can reach over midnight."""
        for shift in (-1, 0, 1):
            yield from self.on_day.get(day + dt.timedelta(days=shift), ())


def standing_hours(entries: Sequence[Entry], *, instead_of: Consultation | None = None) -> Standing:
    """One statement; `instead_of` is left out, as it is to be struck out."""
    days = {entry.held_on + dt.timedelta(days=shift) for entry in entries for shift in (-1, 0, 1)}
    people = Q(provider_id__in={entry.provider_id for entry in entries})
    people |= Q(learner_id__in={entry.measure.learner_id for entry in entries})
    met = Q(measure_id__in={entry.measure.pk for entry in entries}) | (people & Q(held_on__in=days))
    rows = Consultation.objects.filter(met, voided_at=None).exclude(pk__in=[instead_of.pk] if instead_of else [])
    return Standing(Hour(*row) for row in rows.order_by().values_list(*Hour._fields))

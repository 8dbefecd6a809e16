"""Tables outside the caller's reach: every figure carries a noise that hangs on the people behind it (cell key)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.core.vault.blind_index import blind_index
from backend.insight.disclosure.cellkey import cell_key, perturbed, perturbed_sum, record_key
from backend.insight.disclosure.profiles import Profile
from backend.insight.statistics.cubes import Dimension
from backend.insight.statistics.models import ReleaseAudience, ReleaseProfile
from backend.insight.statistics.reach import Reach
from backend.insight.statistics.releases.stored import profile_of
from backend.insight.statistics.table_forms import MOST_CELLS, CannotBeBuiltError, Cell, in_order, outwards
from backend.insight.statistics.table_sql import Asked, records_query
from backend.territory.selectors import in_force

MOST_RECORDS = 300_000
"""People by cell: a country's school year by two dimensions."""


def profile_outside(on: dt.date) -> Profile | None:
    """The rules for who asks outside their reach: the public's. None where none are in force on the day. One statement."""
    row = ReleaseProfile.objects.filter(in_force(on), audience=ReleaseAudience.PUBLIC).first()
    return profile_of(row) if row else None


NOTE_OF_COUNTS = _(
    "Outside your reach: each count carries a small noise, always the same for the same people; 1 and 2 never appear, and "
    "totals are not the sums of their parts."
)
NOTE_OF_SUMS = _(
    "Outside your reach: each sum carries a noise of the size of single contributions, always the same for the same people; sums "
    "of few are suppressed, and totals are not the sums of their parts."
)


def secret_of_cells() -> bytes:
    """A key of this installation's own, out of the one that personal codes are searched with."""
    return blind_index(field="statistics", value="cell-key").encode()


@dataclass(frozen=True)
class Noise:
    """The noise of one table."""

    profile: Profile
    threshold: int
    """Counts below it are not given."""
    sums: bool
    """Whether values are added up, or people, plans and specialists counted."""
    secret: bytes = field(default_factory=secret_of_cells, repr=False)
    _keys: dict[UUID, int] = field(default_factory=dict, repr=False)

    def of(self, records: Mapping[UUID, Decimal]) -> Decimal | None:
        """The figure that is told of these records and what each adds; None where it is suppressed.

        The same records give the same figure, whatever table they stand in.
        """
        key = cell_key(self._key(record) for record in records)
        if not self.sums:
            count = perturbed(count=len(records), key=key, profile=self.profile)
            return None if 0 < count < self.threshold else Decimal(count)
        if len(records) < self.threshold:
            return None
        return perturbed_sum(
            value=sum(records.values(), Decimal(0)),
            contributors=len(records),
            largest=max(records.values()),
            key=key,
            profile=self.profile,
        )

    def _key(self, record: UUID) -> int:
        if record not in self._keys:
            self._keys[record] = record_key(secret=self.secret, record=record)
        return self._keys[record]


def noisy_cells(asked: Asked, reach: Reach, profile: Profile, *, past: bool) -> tuple[Cell, ...]:
    """The cells with their noise; those of people are never known to whoever asks, and never leave this function."""
    text, parameters = records_query(asked, reach, past=past)
    with connection.cursor() as cursor:
        cursor.execute(f"{text} limit {MOST_RECORDS + 1}", parameters)
        found = cursor.fetchall()
    if len(found) > MOST_RECORDS:
        raise CannotBeBuiltError(_("The table is too large. Take fewer dimensions, or conditions."))
    down, wide = len(asked.rows), len(asked.dimensions)
    behind: dict[tuple[tuple[str | None, ...], tuple[str | None, ...]], dict[UUID, Decimal]] = defaultdict(dict)
    for line in found:
        record, value = line[wide], Decimal(line[wide + 1])
        for at in product(outwards(line[:down]), outwards(line[down:wide])):
            behind[at][record] = behind[at].get(record, Decimal(0)) + value
    noise = Noise(profile, threshold=_threshold(asked, profile), sums=asked.cube.adds_up)
    told = ((at, noise.of(records)) for at, records in behind.items())
    # A nought that stands there would tell that somebody is behind it.
    cells = [Cell(row, column, figure) for (row, column), figure in told if figure != 0]
    if len(cells) > MOST_CELLS:
        raise CannotBeBuiltError(_("The table is too large. Take fewer dimensions, or conditions."))
    return in_order(asked.dimensions, cells)


def _threshold(asked: Asked, profile: Profile) -> int:
    """Counts below it are not given at all: of one institution, or of what tells of health and family."""
    of_one = Dimension.INSTITUTION in asked.dimensions or asked.conditions.institution is not None
    special = bool(_SPECIAL & set(asked.dimensions)) or bool(asked.conditions.risk_groups)
    return max(profile.threshold_close if of_one else 0, profile.threshold_special if special else 0)


_SPECIAL = {Dimension.RISK_GROUP, Dimension.RISK_FACTOR, Dimension.RISK_LEVEL}

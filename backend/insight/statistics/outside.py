"""Figures outside the caller's reach: with the noise of their cell key, the same for the same group of records for ever.

Nobody gets rows: everything is reckoned in one statement, and only noisy sums leave this module
(docs/decisions/0160-noise-outside-ones-reach.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Level, Role
from backend.accounts.scope import Holding, Scope, enter_scope
from backend.core.clock import business_today
from backend.insight.disclosure.cellkey import MODULUS, SQL_KEY, perturbed, perturbed_sum, told_apart
from backend.insight.disclosure.profiles import Profile
from backend.insight.disclosure.rounding import rounded
from backend.insight.statistics.cubes import Counting, Unit
from backend.insight.statistics.models import ReleaseAudience
from backend.insight.statistics.reach import Reach
from backend.insight.statistics.releases.stored import profile_in_force
from backend.insight.statistics.table_sql import Asked, table_query

PROTECTION_NOTE = _(
    "Some of these institutions lie outside your reach, so every figure carries a small noise that stays the same for the same"
    " group. Totals need not agree with their parts; sums of few people are left out."
)
ROUNDING_NOTE = _(
    "Some of these institutions lie outside your reach, so counts are rounded, for the same group always the same way. Totals"
    " need not agree with their parts; sums of few people are left out."
)
Figure = tuple[tuple[str | None, ...], Decimal | None]
"""Codes of a cell (None: total) and what is handed out (None: suppressed)."""
_SECRET_BYTES = 32


@dataclass(frozen=True)
class Protected:
    """Figures as they may leave, and how they were protected."""

    figures: list[Figure]
    rounded: bool

    @property
    def note(self) -> Promise:
        """What was done, in words."""
        return ROUNDING_NOTE if self.rounded else PROTECTION_NOTE


def protected_figures(asked: Asked, *, scope: Scope, reach: Reach, most: int) -> Protected | None:
    """Noisy figures of a table over institutions that `scope` does not wholly reach; one more than `most` at the most.

    Two statements, besides the settings of the transaction. None where no profile of protection is in force for the public.
    """
    profile = profile_in_force(ReleaseAudience.PUBLIC, business_today())
    if profile is None:
        return None
    with _counting_everywhere(scope):
        text, parameters = _keyed(replace(asked, keyed=True, with_learners=False), reach)
        with connection.cursor() as cursor:
            cursor.execute(f"{text} limit {most + 1}", parameters)
            rows = cursor.fetchall()
    wide, secret = len(asked.dimensions), cell_secret()
    found: list[Figure] = []
    for row in rows:
        codes = tuple(None if total else code for code, total in zip(row[:wide], row[wide : 2 * wide], strict=True))
        figure = _noisy(asked, row[2 * wide :], profile, secret)
        # A cell whose noise made it nought, or that is left out, is as absent as one that nobody is in.
        if figure or not any(codes):
            found.append((codes, figure))
    return Protected(found, profile.rounds)


def _keyed(asked: Asked, reach: Reach) -> tuple[str, list[Any]]:
    """The table's query over its records: figure, number of records, greatest contribution, and the key of their group."""
    inner, parameters = table_query(asked, reach, past=False)
    columns = ", ".join(f"{letter}{number}" for letter in "cm" for number in range(len(asked.dimensions)))
    key = SQL_KEY.format(record="x.people")
    text = (
        f"select {columns}, sum(x.figure), count(*), max(x.figure), sum({key}) from ({inner}) x"
        f" where x.figure <> 0 group by {columns}"
    )
    return text, [cell_secret().hex(), *parameters]


def _noisy(asked: Asked, row: tuple[Any, ...], profile: Profile, secret: bytes) -> Decimal | None:
    value, records, largest, key_sum = row
    key = int(key_sum) % MODULUS
    if asked.cube.counting is not Counting.VALUE:
        return _count(records, key, profile)
    # the same people have several such figures: one noise for all of them would cancel out between two
    key = told_apart(secret=secret, key=key, by=f"{asked.cube.code.value} {value}")
    if asked.cube.unit is Unit.COUNT:
        return _count(int(value), key, profile)
    return perturbed_sum(value=Decimal(value), contributors=records, largest=Decimal(largest), key=key, profile=profile)


def _count(count: int, key: int, profile: Profile) -> Decimal:
    if profile.rounds:
        return Decimal(rounded(count=count, key=key, base=profile.rounding_base))
    return Decimal(perturbed(count=count, key=key, profile=profile))


@contextmanager
def _counting_everywhere(scope: Scope) -> Iterator[None]:
    """Let row security show the sums of the whole country, as to a researcher; back to the caller's scope at the end."""
    whole = Holding(role=Role.RESEARCHER, level=Level.STATE, unit_code="", whole_state=True, institution_ids=frozenset())
    enter_scope(replace(scope, holdings=(whole,)))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            enter_scope(scope)


def cell_secret() -> bytes:
    """The installation's secret, made once. Whoever loses or changes it changes every noise: keep it with the master keys."""
    return _read(settings.CELL_KEY_FILE)


@lru_cache(maxsize=4)
def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    except FileNotFoundError:
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        return _read(path)
    else:
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(_SECRET_BYTES))
    secret = path.read_bytes()
    if len(secret) < _SECRET_BYTES:
        raise RuntimeError(f"{path} holds no secret of {_SECRET_BYTES} bytes; put back the file that does.")
    return secret

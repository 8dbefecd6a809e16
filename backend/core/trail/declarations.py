"""What an app says about its audited tables: `audited = [Audited("learners.Learner", ...)]` on its AppConfig.

From these declarations the owner writes history tables, triggers, the sealing and the erasing function after every
migrate (`backend.core.trail.install`). Tables that hold personal data and are not audited stand in `not_audited`, with
the reason; a test fails on one that stands in neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import AppConfig, apps
from django.db import models

from backend.core.classification import DataClass, classification_of

BLANK_DATE = "date '1900-01-01'"
LEARNER = "{learner}"


@dataclass(frozen=True)
class Audited:
    """One audited table.

    `learner` is an SQL condition over the table's own columns that names the rows of one learner, written with the
    placeholder `{learner}`; empty where the table is about no learner. It must hold for history rows as well, so it may
    look at parents only through both live and history tables (`of_plan`).
    """

    model: str
    learner: str = ""
    exclude: tuple[str, ...] = ()
    """Columns that are never kept in history (and whose change alone leaves no entry)."""
    recorded: str = "updated_at"
    """Column with the row's own time, used for `recorded_at` where the loader asked for back-dating."""
    erase: Mapping[str, str] = field(default_factory=dict)
    """Columns blanked on erasure besides the texts that are found by their class: column -> SQL of the blank value."""
    keep: tuple[str, ...] = ()
    """Texts of a personal class that an erasure leaves: say in a comment why they tell nothing about the person."""
    indexed: tuple[str, ...] = ()
    """Columns by which rows as they were known are looked for (`known_at`), besides the key: their parent, or their owner."""
    on_erase: Mapping[str, str] = field(default_factory=dict)
    """Further assignments to the live row, which mark it as a tombstone."""

    @cached_property
    def model_class(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def table(self) -> str:
        return str(self.model_class._meta.db_table)

    @property
    def key(self) -> str:
        """Column of the primary key."""
        return str(next(str(f.column) for f in self._fields() if f.primary_key))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns kept in history, in the model's order."""
        return tuple(str(f.column) for f in self._fields() if f.column not in self.exclude)

    @cached_property
    def blanks(self) -> dict[str, str]:
        """Every column that an erasure blanks, with the SQL of its blank value; empty where no learner is named."""
        if not self.learner:
            return {}
        found = {str(f.column): _blank(f) for f in self._fields() if _tells_in_words(f) and f.column not in self.keep}
        return {column: blank for column, blank in {**found, **self.erase}.items() if column not in self.exclude}

    def rows_of(self, learner: str) -> str:
        """The condition with `learner` (an SQL expression of type uuid) put in."""
        return self.learner.replace(LEARNER, learner)

    def _fields(self) -> list[models.Field[Any, Any]]:
        return list(self.model_class._meta.local_concrete_fields)


def of_learner(column: str = "learner_id") -> str:
    """Condition for rows that name the learner themselves."""
    return f"{column} = {LEARNER}"


def of_plan(column: str = "plan_id") -> str:
    """Condition for rows that name the learner through their plan, whether that still stands or not."""
    return (
        f"{column} in (select id from plans_supportplan where learner_id = {LEARNER} "
        f"union all select id from trail.plans_supportplan where learner_id = {LEARNER})"
    )


def audited_tables() -> list[Audited]:
    """All declarations, in the order of the installed apps."""
    return [declared for config in apps.get_app_configs() for declared in getattr(config, "audited", [])]


def not_audited() -> dict[str, str]:
    """Model label -> why no history of it is kept, over all apps."""
    found: dict[str, str] = {}
    for config in _configs():
        found.update(getattr(config, "not_audited", {}))
    return found


def _configs() -> Iterator[AppConfig]:
    return iter(apps.get_app_configs())


def _tells_in_words(f: models.Field[Any, Any]) -> bool:
    """Whether the column holds free text (or its ciphertext) about a person: not a choice, not a reference."""
    classification = classification_of(f)
    if classification is None or classification.data_class not in {DataClass.PERSONAL, DataClass.SPECIAL}:
        return False
    return isinstance(f, models.CharField | models.TextField | models.BinaryField) and not f.choices


def _blank(f: models.Field[Any, Any]) -> str:
    if f.null:
        return "null"
    return "''::bytea" if isinstance(f, models.BinaryField) else "''"

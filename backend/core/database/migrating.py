"""Migrating a large schema in a third of the time: render only the models that a step can have changed.

Around each operation Django renders again every model that can be reached from the changed one, and through the user
nearly all can. A migration that changes nothing which others refer to does not need it: a constraint or an index is made
from its own model, a column from the field and the model it points to, and only a key's type is another's too. What reads
rows by models (`RunPython`) asks Django to render what was delayed, as ever. `tests/core/test_migrating.py` holds the
outcome equal to Django's own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.apps import apps
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelManagers,
    AlterModelOptions,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RunPython,
    RunSQL,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from backend.core.database.covering import DropCoveredIndex

ALONE = (
    CreateModel,
    DeleteModel,
    AddField,
    AddIndex,
    AddConstraint,
    AlterModelManagers,
    AlterModelOptions,
    AlterUniqueTogether,
    RemoveConstraint,
    RemoveIndex,
    DropCoveredIndex,
    RunSQL,
    RunPython,
)
"""Operations after which no other model's column can differ. `AlterField` and `RemoveField` are so but for keys."""
OURS = ("backend", "cms", "graphql_schema")


class GrowingState(ProjectState):
    """A project state that can render the changed model alone (`growing`)."""

    growing = False

    def clone(self) -> GrowingState:
        """The same as Django's, of this class."""
        state = GrowingState(models={key: model.clone() for key, model in self.models.items()}, real_apps=self.real_apps)
        if "apps" in self.__dict__:  # `hasattr` would render them
            state.apps = self.apps.clone()
        state.is_delayed = self.is_delayed
        state.growing = self.growing
        return state

    def add_model(self, model_state: ModelState) -> None:
        """Add and render one model; those it refers to learn of it by Django's own class preparation."""
        if not self.growing:
            super().add_model(model_state)
            return
        key = model_state.app_label, model_state.name_lower
        self.models[key] = model_state
        if self._relations is not None:  # type: ignore[attr-defined]  # not in the library's stubs
            self.resolve_model_relations(key)
        self._render(key)

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """Render a model alone, or with everything it leads to."""
        if self.growing:
            self.is_delayed = True
            self._render((app_label, model_name))
            return
        super().reload_model(app_label, model_name, delay=delay)

    def _render(self, key: tuple[str, str]) -> None:
        if "apps" in self.__dict__:
            self.apps.unregister_model(*key)
            self.apps.render_multiple([self.models[key]])


class LibrariesFirst(MigrationExecutor):
    """Runs the long histories of libraries before our own tables exist, as far as dependencies allow.

    Wagtail alone changes its tables two hundred times, so it is dear to have ours standing there already.
    """

    def migration_plan(self, targets: Iterable[tuple[str, str | None]], clean_start: bool = False) -> Any:
        """The plan for the same targets, ours last."""
        return super().migration_plan(sorted(targets, key=lambda target: _is_ours(target[0])), clean_start)

    def migrate(self, *args: Any, **options: Any) -> Any:
        """Keep the names of swappable models, which Django forgets and searches again for every relation."""
        apps.__dict__["get_swappable_settings_name"] = _Remembered(apps.get_swappable_settings_name)
        try:
            return super().migrate(*args, **options)
        finally:
            del apps.__dict__["get_swappable_settings_name"]

    def apply_migration(self, state: ProjectState, migration: Migration, *args: Any, **options: Any) -> Any:
        """Apply it; only one that leaves other models alone may render sparingly, any other starts from all rendered afresh."""
        state = cast("GrowingState", state)  # made below
        state.growing = all(_leaves_others_alone(each, state, migration.app_label) for each in migration.operations)
        if not state.growing:
            state.clear_delayed_apps_cache()
        return super().apply_migration(state, migration, *args, **options)

    def _create_project_state(self, with_applied_migrations: bool = False) -> GrowingState:
        state = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]  # not in the stubs
        return GrowingState(models=state.models, real_apps=state.real_apps)


class _Remembered:
    """The global registry's answers by model name. The settings they come from do not change while we migrate."""

    def __init__(self, find: Callable[[str], str | None]) -> None:
        self._ask = functools.cache(find)

    def __call__(self, to_string: str) -> str | None:
        return self._ask(to_string)

    def cache_clear(self) -> None:
        """Asked for by every registry of a state whenever one model is rendered."""


def _is_ours(label: str) -> bool:
    config = apps.app_configs.get(label)
    return config is not None and config.name.split(".")[0] in OURS


def _leaves_others_alone(operation: Operation, state: ProjectState, label: str) -> bool:
    """Whether no model but the changed one has to be rendered again."""
    if isinstance(operation, AlterField | RemoveField):
        model = state.models.get((label, operation.model_name_lower))
        before = model.fields.get(operation.name) if model else None
        if before is None:  # made by this very migration
            return False
        after = operation.field if isinstance(operation, AlterField) else before
        return not any(each.many_to_many or each.unique for each in (before, after))
    return isinstance(operation, ALONE)

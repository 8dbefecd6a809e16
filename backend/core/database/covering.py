"""A step of a migration for a foreign key whose index a wider one of the same table covers.

Django's own way, `AlterField` with `db_index=False`, drops the foreign key and checks it again, which locks both tables of a full
database, and repeats the whole field (docs/decisions/0171-no-index-covered-by-another.md).
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class DropCoveredIndex(Operation):
    """The field says `db_index=False` from now on, and the index goes by its name; backwards it is made again."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, name: str, index: str) -> None:
        self.model_name, self.name, self.index = model_name, name, index

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For Django's writer of migrations."""
        return self.__class__.__qualname__, [self.model_name, self.name, self.index], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The field as it was, but for its index."""
        field = state.models[app_label, self.model_name].fields[self.name].clone()
        field.db_index = False
        state.alter_field(app_label, self.model_name, self.name, field, preserve_default=True)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Needs no model, so none is rendered."""
        schema_editor.execute(f"drop index if exists {schema_editor.quote_name(self.index)}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """The same index under the same name."""
        model = to_state.apps.get_model(app_label, self.model_name)
        names = self.index, model._meta.db_table, model._meta.get_field(self.name).column
        schema_editor.execute("create index {} on {} ({})".format(*map(schema_editor.quote_name, names)))

    def describe(self) -> str:
        """For the list of what a migration does."""
        return f"Drop {self.index}, which a wider index of {self.model_name} covers"

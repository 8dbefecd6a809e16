"""Rows of a model that no table holds: a query in its place, so that filters, orders and pages are written as for any other.

The model is declared `managed = False`, with a field for each column of the query. The query stands where the table's name
would, so row security applies to the tables inside it, and PostgreSQL pushes conditions down into it.
"""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.query import Query

M = TypeVar("M", bound=models.Model)
Source = tuple[str, tuple[Any, ...]]
"""SQL of a query whose columns have the names of the model's, and its parameters."""


class _SourceTable(BaseTable):
    """The query in the place of the table."""

    def __init__(self, table_name: str, alias: str | None, *, source: Source) -> None:
        super().__init__(table_name, alias)
        self.source = source

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        text, parameters = self.source
        return f"({text}) {compiler.quote_name_unless_alias(self.table_alias)}", list(parameters)

    def relabeled_clone(self, change_map: dict[str | None, str]) -> _SourceTable:
        alias = change_map.get(self.table_alias, self.table_alias)
        return type(self)(self.table_name, alias, source=self.source)


def rows_of(model: type[M], source: Source) -> models.QuerySet[M]:
    """A query set of `model` over the rows of a query. Only constants of ours belong in its text; values in its parameters."""
    query = Query(model)
    query.base_table_class = partial(_SourceTable, source=source)  # type: ignore[assignment]
    return models.QuerySet(model=model, query=query)


def source_of(*parts: models.QuerySet[Any, Any]) -> Source | None:
    """The rows of several `values_list` queries, one after another, as a source; their columns have the names of the first.

    None where Django knows of all of them that they are empty.
    """
    texts: list[str] = []
    parameters: list[Any] = []
    for part in parts:
        try:
            text, values = part.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
        texts.append(f"({text})")
        parameters += values
    return (" union all ".join(texts), tuple(parameters)) if texts else None

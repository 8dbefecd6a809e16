"""Which rows a level shows: the selector's rows under filters, search, place and order, in SQL that Django writes.

A level is the from-item that one object of the answer is built from. It holds only the columns that were asked for, is
cut to its page inside (page first, then project), and carries the scope predicate of its own type.
"""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import ExpressionWrapper, F, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

from graphql_schema.compiler.inputs import Given
from graphql_schema.compiler.slots import Outer, Parameters, Slot, SlotExpression, Values
from graphql_schema.engine.cursors import Keyset, beside
from graphql_schema.engine.declarations import ObjectType


class Level:
    """One from-item: its alias and the columns that what is built from it needs."""

    def __init__(self, alias: str, declared: ObjectType) -> None:
        self.alias = alias
        self.declared = declared
        self._columns: dict[str, None] = {}
        self._computed: dict[str, tuple[Any, str]] = {}

    def field(self, name: str) -> Any:
        """The model's field of a name."""
        assert self.declared.model is not None  # noqa: S101  (only nodes have levels)
        return self.declared.model._meta.get_field(name)

    def column(self, name: str) -> str:
        """A column of the level by the name of its field, as SQL."""
        attname = self.field(name).attname
        self._columns[attname] = None
        return f'{self.alias}."{attname}"'

    def computed(self, name: str, expression: Any, kind: str) -> str:
        """An expression over the level's rows, as a column of a PostgreSQL type under a name of its own."""
        self._computed[name] = (expression, kind)
        return f'{self.alias}."{name}"'

    def ordering(self, column: str) -> str:
        """A column that the level is ordered by: its own, or that of a row which its rows name."""
        if LOOKUP_SEP not in column:
            return self.column(column)
        return self.computed(beside(column), F(column), "text")

    def condition(self, condition: Q) -> str:
        """A condition on the level's rows, as a column; the same one is computed once."""
        known = [name for name, (expression, _) in self._computed.items() if getattr(expression, "expression", None) == condition]
        wrapped = ExpressionWrapper(condition, output_field=models.BooleanField())
        return self.computed(known[0] if known else f"_holds{len(self._computed)}", wrapped, "boolean")

    def outer(self, name: str) -> Outer:
        """A column of the level for a level inside it."""
        field = self.field(name)
        return Outer(self.column(name), field.target_field if field.is_relation else field)

    def item(self, rows: QuerySet[Any], parameters: Parameters, *, limit: str = "") -> str:
        """`(select … limit …) as alias(columns)`, once everything that needs its columns is written."""
        names = list(self._columns)
        if not names and not self._computed:
            names = [cast("Any", self.declared.model)._meta.pk.attname]
        columns = ", ".join(f'"{name}"' for name in (*names, *self._computed))
        more = {name: expression for name, (expression, _) in self._computed.items()}
        text = selected(rows.annotate(**more).values_list(*names, *more), parameters)
        if text is None:
            kinds = [*(database_type(self.field(name)) for name in names), *(kind for _, kind in self._computed.values())]
            nothing = ", ".join(f"null::{kind}" for kind in kinds)
            text = f"select {nothing} where false"
        elif limit:
            text = f"{text} limit {limit}"
        return f"({text}) as {self.alias}({columns})"


def selected(rows: QuerySet[Any], parameters: Parameters) -> str | None:
    """The statement of a query set with its parameters numbered; None where it can have no rows."""
    try:
        statement, values = rows.query.get_compiler(using=connection.alias).as_sql()
    except EmptyResultSet:
        return None
    return parameters.numbered(statement, values)


# -- places in a list ----------------------------------------------------------------------------------------------------
class SlotKeyset(Keyset):
    """A keyset whose cursor comes with the request."""

    def __init__(self, keyset: Keyset, cursor: Given) -> None:
        self.__dict__.update(keyset.__dict__)
        self._keyset = keyset
        self._given = cursor

    def values(self, cursor: str) -> list[Any]:
        """A slot for each value of the cursor."""
        return [self._slot(position, field) for position, field in enumerate(self.fields)]

    def _slot(self, position: int, field: Any) -> SlotExpression:
        keyset, given = self._keyset, self._given

        def bind(values: Values) -> str:
            return str(keyset.values(given.read(values.variables))[position])

        slot = Slot((given.key, "cursor", keyset.name, position), database_type(field), bind)
        return SlotExpression(slot, field)


def database_type(field: Any) -> str:
    """Type for a parameter that is compared with a column: never shorter than what a value may be."""
    if field.is_relation:
        field = field.target_field
    if isinstance(field, models.CharField | models.TextField):
        return "text"
    if isinstance(field, models.IntegerField):
        return "bigint"
    if isinstance(field, models.DecimalField):
        return "numeric"
    return str(field.db_type(connection))

"""COPY into tables, and the rows' text form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection, models

NULL = "\\N"
_LINES = 2000


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """Columns of a model's table in the model's order."""
    return tuple(str(field.column) for field in model._meta.local_concrete_fields)


class Line:
    """Makes the text of one row: values by column name, defaults for the rest."""

    def __init__(self, model: type[models.Model], **defaults: str) -> None:
        self.table = str(model._meta.db_table)
        self.columns = columns_of(model)
        unknown = set(defaults) - set(self.columns)
        if unknown:
            raise ValueError(f"{self.table} has no column {', '.join(sorted(unknown))}.")
        self._defaults = defaults

    @property
    def without_defaults(self) -> list[str]:
        """Columns that each row gives, in the table's order."""
        return [column for column in self.columns if column not in self._defaults]

    def template(self, *given: str) -> str:
        """A %-format with a place for each of `given` (columns in the table's order), the defaults filled in.

        Raises ValueError for a column that is neither given nor has a default: a table that grew must be noticed here.
        """
        missing = [column for column in self.columns if column not in given and column not in self._defaults]
        wrong = [column for column in given if column not in self.columns]
        if missing or wrong or list(given) != [column for column in self.columns if column in given]:
            raise ValueError(f"{self.table}: missing {missing}, unknown {wrong}, order {[c for c in self.columns if c in given]}")
        cells = ["%s" if column in given else self._defaults[column].replace("%", "%%") for column in self.columns]
        return "\t".join(cells) + "\n"


def copy_rows(line: Line, rows: Iterable[str]) -> int:
    """COPY rows (texts that end in a line feed) into the line's table; how many there were."""
    columns = ", ".join(f'"{column}"' for column in line.columns)
    count = 0
    with connection.cursor() as cursor, cursor.copy(f'copy "{line.table}" ({columns}) from stdin') as copy:
        for part in _parts(rows):
            copy.write("".join(part))
            count += len(part)
    return count


def clean(value: Any) -> str:
    """A text in COPY's text format."""
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _parts(rows: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(rows)
    while part := list(islice(iterator, _LINES)):
        yield part

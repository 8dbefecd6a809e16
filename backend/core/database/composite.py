"""Foreign keys over several columns, which Django does not write by itself.

A row that names a person repeats its owner's institution (and learner) beside its parent's key. The composite key makes
the database refuse a child whose institution differs from its parent's, whoever writes it (docs/decisions/0006-row-security.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations


class CompositeForeignKey(migrations.RunSQL):
    """Migration operation: `table(columns)` must exist together as `references(to_columns)`.

    `to_columns` needs a unique constraint of exactly these columns. Checked at once, so that the refused statement is the
    one that fails; a NULL among `columns` means that there is nothing to check.
    """

    def __init__(self, *, table: str, columns: Sequence[str], references: str, to_columns: Sequence[str], name: str) -> None:
        super().__init__(
            sql=(
                f'alter table "{table}" add constraint "{name}" foreign key ({", ".join(columns)}) '
                f'references "{references}" ({", ".join(to_columns)})'
            ),
            reverse_sql=f'alter table "{table}" drop constraint "{name}"',
        )

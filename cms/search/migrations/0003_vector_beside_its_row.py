"""Ranking reads the vector of everything that fits: it stays in its row as long as a page of the table can hold it.

Rows that are there already follow when they are indexed next (docs/decisions/0188-search-in-one-pass.md).
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0002_drop_covered_indexes")]

    operations = [
        migrations.RunSQL(
            "alter table search_searchentry alter column vector set storage main",
            "alter table search_searchentry alter column vector set storage extended",
        ),
    ]

"""New words reach the index of trigrams at once: a list of what waits was read with every mistyped word."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0004_short_rows")]

    operations = [
        migrations.RemoveIndex("searchword", "search_word_trigrams"),
        migrations.AddIndex(
            "searchword",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("folded", name="gin_trgm_ops"),
                fastupdate=False,
                name="search_word_trigrams",
            ),
        ),
    ]

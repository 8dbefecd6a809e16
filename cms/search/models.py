"""The index: one row for each public page and each file it offers, and the words that occur in them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from backend.core.classification import internal, public
from backend.core.clock import now
from backend.core.models import Entity


class SearchEntry(Entity):
    """A page, or a file that a page offers, as the search sees it. Only of pages that the public may read.

    `vector` holds keys, not words: the word itself, `=lemma`, `~stem` of an unknown word, `+stem` of an English one; the
    position is the word's number in title, summary and text, its weight says in which (A, B, D). Rows are kept short, so that
    what a query finds is counted quickly: the vector lies beside the table (docs/decisions/0189-most-promising-ranked.md).
    """

    tag = "srch"

    page = internal(models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+", db_index=False))
    document = internal(models.ForeignKey("files.SiteDocument", on_delete=models.CASCADE, null=True, related_name="+"))
    language = public(models.CharField(max_length=5))
    kind = public(models.CharField(max_length=60))
    """Model of the page: newsarticlepage."""
    audiences = public(ArrayField(models.CharField(max_length=40), default=list))
    topics = public(ArrayField(models.CharField(max_length=60), default=list))
    page_language = public(models.CharField(max_length=5, default="", db_default=""))
    """Language of the page; a file may be in another."""
    traits = public(models.TextField(default="", db_default="", db_collation="C"))
    """Kind, language of the page, audiences and topics as one text, `["textpage", "lv", [], []]`: what facets count."""
    title = public(models.CharField(max_length=255))
    summary = public(models.TextField(blank=True))
    text = public(models.TextField(blank=True))
    vector = public(SearchVectorField())
    salient = public(SearchVectorField(default="", db_default=""))
    """Keys by which the entry promises to rank high: those of title and summary, and with a `*` those it has repeatedly."""
    shortness = public(models.FloatField(default=0, db_default=0))
    """What a place in it counts for: less in a long text."""
    words = public(ArrayField(models.TextField(), default=list))
    """Distinct words and lemmas, in the order of bytes: what the lexicon counts."""
    fingerprint = internal(models.CharField(max_length=64))
    """Hash of all that the row was made from; a row with the same one is left alone."""
    indexed_at = internal(models.DateTimeField(default=now))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="search_entry_once", fields=["page", "document"], nulls_distinct=False),
        ]
        indexes = [
            GinIndex(name="search_entry_vector", fields=["vector"], fastupdate=False),
            GinIndex(name="search_entry_salient", fields=["salient"], fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word or a lemma of the index: what it may be a form of, and in how many entries it stands.

    The trigger `search_count_words` keeps `frequency`; a word with none is neither offered nor used.
    """

    word = public(models.TextField(primary_key=True, db_collation="C"))
    folded = public(models.TextField(db_collation="C"))
    stem = public(models.TextField(db_collation="C"))
    """Light stem, folded: it finds forms of unknown words typed without diacritics."""
    lemmas = public(ArrayField(models.TextField(), default=list))
    frequency = public(models.PositiveIntegerField(default=0))

    class Meta:
        # No index knows `frequency`, so that counting leaves the indexes alone.
        indexes = [
            models.Index(fields=["folded"], name="search_word_folded"),
            models.Index(fields=["stem"], name="search_word_stem"),
            GinIndex(OpClass("folded", name="gin_trgm_ops"), name="search_word_trigrams", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.word

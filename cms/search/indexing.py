"""Write the index: after each change of the tree, and all of it with `manage.py index_site`.

A row is made anew only when what it is made from has changed, and batches are committed one by one, so a run that was cut
off goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet
from wagtail.models import Page

from backend.core.clock import now
from backend.core.identifiers import uuid7
from cms.base.selectors import published
from cms.search import contents
from cms.search.contents import Content
from cms.search.keys import english_stems, keyed, lexicon_row
from cms.search.latvian.words import tokens
from cms.search.models import SearchEntry, SearchWord

BATCH = 25
_LOCK = (7309, 1)
"""The same lock as the trigger's: the words of an entry must stay until they are counted."""

_FIRST_PAGES = 2
"""Depth of the languages' first pages; the root above them is no page of the site."""


@dataclass
class Outcome:
    """What a run did, in entries."""

    written: int = 0
    kept: int = 0
    removed: int = 0

    def add(self, other: Outcome) -> None:
        """Count another run with this one."""
        self.written += other.written
        self.kept += other.kept
        self.removed += other.removed


def index_pages(page_ids: Iterable[int], *, anew: bool = False) -> Outcome:
    """Bring the entries of these pages up to date; those that the public may not read lose theirs. Idempotent."""
    wanted = sorted(set(page_ids))
    outcome = Outcome()
    for begin in range(0, len(wanted), BATCH):
        outcome.add(_index_batch(wanted[begin : begin + BATCH], anew=anew))
    return outcome


def index_site(*, anew: bool = False, told: Callable[[int, int], None] | None = None) -> Outcome:
    """Bring the whole index up to date; `told` hears (pages done, pages in all) after each batch."""
    ids = list(published(Page.objects.filter(depth__gte=_FIRST_PAGES)).order_by("pk").values_list("pk", flat=True))
    outcome = Outcome(removed=SearchEntry.objects.exclude(page_id__in=ids).delete()[0])
    for begin in range(0, len(ids), BATCH):
        outcome.add(_index_batch(ids[begin : begin + BATCH], anew=anew))
        if told is not None:
            told(min(begin + BATCH, len(ids)), len(ids))
    forget_unused_words()
    return outcome


def forget(entries: QuerySet[SearchEntry]) -> int:
    """Take entries out of the index at once; how many.

    After any writer that is at work, so that nothing it has just read comes back behind our back.
    """
    with transaction.atomic():
        _one_writer()
        removed, _by_model = entries.delete()
    return removed


def forget_pages(*, path: str) -> int:
    """Take the pages at and below a place of the tree out of the index at once; the number of entries removed."""
    return forget(SearchEntry.objects.filter(page__path__startswith=path))


def forget_unused_words() -> int:
    """Drop words that stand in no entry any more; how many."""
    with transaction.atomic():
        _one_writer()
        removed, _by_model = SearchWord.objects.filter(frequency=0).delete()
    return removed


def _index_batch(page_ids: Sequence[int], *, anew: bool) -> Outcome:
    with transaction.atomic():
        entries = SearchEntry.objects.filter(page_id__in=page_ids)
        known = {
            (entry.page_id, entry.document_id): entry.fingerprint for entry in entries.only("page", "document", "fingerprint")
        }
        pages = list(published(Page.objects.filter(pk__in=page_ids, depth__gte=_FIRST_PAGES)).specific())
        outcome, fresh, valid = Outcome(), [], set()
        for page in pages:
            for content, fingerprint in _contents(page, known if not anew else {}):
                valid.add((page.pk, content if isinstance(content, int | None) else content.document_id))
                if isinstance(content, Content):
                    fresh.append((content, fingerprint))
                else:
                    outcome.kept += 1
        _one_writer()
        outcome.removed = _remove(known.keys() - valid)
        # What was read may have been closed meanwhile, or written by somebody else.
        still = set(
            published(Page.objects.filter(pk__in={content.page_id for content, _print in fresh})).values_list("pk", flat=True)
        )
        fresh = [(content, fingerprint) for content, fingerprint in fresh if content.page_id in still]
        _remove({(content.page_id, content.document_id) for content, _print in fresh})
        write_entries(fresh)
        outcome.written = len(fresh)
        return outcome


def _contents(page: Page, known: dict[tuple[int, int | None], str]) -> Iterable[tuple[Content | int | None, str]]:
    """A page's entries: (content, fingerprint) for one to be written, (document key, fingerprint) for one to be kept."""
    own = contents.content_of(page)
    same = known.get((page.pk, None)) == own.fingerprint
    yield (None if same else own), own.fingerprint
    for document in contents.documents_of(page):
        fingerprint = contents.document_fingerprint(document, page=own)
        if known.get((page.pk, document.pk)) == fingerprint:
            yield document.pk, fingerprint
        else:
            yield contents.document_content(document, page=own), fingerprint


def write_entries(fresh: Sequence[tuple[Content, str]]) -> None:
    """Insert entries with their words. The caller holds the writer's lock and has removed earlier ones."""
    if not fresh:
        return
    english = english_stems(
        token.word
        for content, _print in fresh
        if content.language == "en"
        for part in (content.title, content.summary, content.text)
        for token in tokens(part)
    )
    rows, words = [], set()
    for content, fingerprint in fresh:
        keys = keyed(title=content.title, summary=content.summary, text=content.text, language=content.language, english=english)
        words.update(keys.words)
        rows.append(
            (
                uuid7(), content.page_id, content.document_id, content.language, content.kind, content.audiences, content.topics,
                content.page_language or content.language, content.traits, content.title, content.summary, content.text,
                keys.vector, keys.salient, keys.shortness, keys.words, fingerprint, now(),
            )
        )  # fmt: skip
    _learn(words)
    with connection.cursor() as cursor:
        # One statement, so that the words are counted once for all rows. Of the text only place holders are put together.
        one = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::tsvector, %s::tsvector, %s, %s, %s, %s)"
        columns = (
            "id, page_id, document_id, language, kind, audiences, topics, page_language, traits, title, summary, text, vector,"
            " salient, shortness, words, fingerprint, indexed_at"
        )
        cursor.execute(
            f"insert into search_searchentry ({columns}) values {', '.join([one] * len(rows))}",  # noqa: S608
            [value for row in rows for value in row],
        )


def _learn(words: set[str]) -> None:
    """Add words that the lexicon lacks."""
    known = set(SearchWord.objects.filter(pk__in=words).values_list("pk", flat=True))
    rows = []
    for word in sorted(words - known):
        folded, stem, lemmas = lexicon_row(word)
        rows.append(SearchWord(word=word, folded=folded, stem=stem, lemmas=lemmas))
    SearchWord.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)


def _remove(keys: Iterable[tuple[int, int | None]]) -> int:
    removed = 0
    for page_id, document_id in sorted(keys, key=lambda key: (key[0], key[1] or 0)):
        removed += SearchEntry.objects.filter(page_id=page_id, document_id=document_id).delete()[0]
    return removed


def _one_writer() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", _LOCK)

"""Search the public site. Whatever the index says, only pages that are public at this moment are found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from backend.core.text import fold
from cms.base.languages import language_code, locale_ids
from cms.search.highlighting import Piece, excerpt, marked
from cms.search.latvian.words import LONGEST_WORD, clean
from cms.search.query import LONGEST_QUERY, TIERS, Query, correct, understood, widen, words_of

FACETS = ("kind", "language", "audience", "topic")
PER_PAGE = 10
DEEPEST = 10_000
"""No page of results begins later."""
_SUGGESTIONS = 8
_LEAST_LETTERS = 2
_OTHER_LANGUAGE = 0.6
"""Worth of a page in another language than the reader's."""


@dataclass(frozen=True)
class Hit:
    """One page that was found, with the place that fits best: its own text or a file it offers."""

    page_id: int
    kind: str
    url_path: str
    locale_id: int
    translation_key: Any
    title: list[Piece]
    excerpt: list[Piece]
    document_id: int | None
    document_title: list[Piece]
    document_name: str
    document_language: str
    changed: Any

    @property
    def language(self) -> str:
        """Language of the page."""
        return language_code(self.locale_id)


@dataclass(frozen=True)
class Found:
    """Pages that fit, how many there are in all, and how many each further choice would leave."""

    query: Query
    total: int = 0
    hits: list[Hit] = field(default_factory=list)
    facets: dict[str, Counter[str]] = field(default_factory=dict)
    corrections: dict[str, str] = field(default_factory=dict)


def find(*, q: str, language: str, chosen: dict[str, str] | None = None, offset: int = 0, count: int = PER_PAGE) -> Found:
    """Pages for a reader of `language`, best first; `chosen` narrows by `FACETS`. Nothing typed finds nothing.

    Any text is a query: what is no word in it is passed over, beyond 200 signs or eight words nothing is read. Diacritics
    may be left out; one error in a word is forgiven when nothing fits otherwise, which `corrections` then tells.
    """
    query = understood(q)
    if not query.words:
        return Found(query)
    wanted = {name: value for name, value in (chosen or {}).items() if name in FACETS and value}
    narrowed = _Wanted(language, wanted, offset, count)
    counted, hits = _asked(query, narrowed)
    for mend in (widen, correct):
        if not counted and mend(query):
            counted, hits = _asked(query, narrowed)
    facets = {name: _left(counted, wanted, name) for name in FACETS}
    total = sum(number for row, number in counted if _fits(row, wanted))
    return Found(query, total, hits, facets, query.corrections if counted else {})


def suggestions(*, q: str) -> list[str]:
    """Ways to complete the last word of what was typed: words of public pages, base forms first, the frequent ones first."""
    text = clean(q, longest=LONGEST_QUERY).lower()
    begin, _space, last = text.rpartition(" ")
    folded = fold(last)
    if len(folded) < _LEAST_LETTERS or len(last) > LONGEST_WORD or not words_of(last):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            'select word from search_searchword where folded collate "C" like %s and frequency > 0 and length(word) > 2'
            " order by (word = any(lemmas) or cardinality(lemmas) = 0) desc, starts_with(word, %s) desc, frequency desc, word"
            " limit %s",
            [folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%", last, _SUGGESTIONS],
        )
        return [f"{begin} {word}".strip() for (word,) in cursor.fetchall()]


_OPEN = """
  from search_searchentry e join wagtailcore_page p on p.id = e.page_id
 where e.vector @@ %(wide)s::tsquery and p.live
   and not exists (select 1 from wagtailcore_pageviewrestriction r join wagtailcore_page c on c.id = r.page_id
                    where starts_with(p.path, c.path))
   and (e.document_id is null or not exists (
         select 1 from files_sitedocument d join wagtailcore_collection k on k.id = d.collection_id,
                wagtailcore_collectionviewrestriction v join wagtailcore_collection c on c.id = v.collection_id
          where d.id = e.document_id and starts_with(k.path, c.path)))
"""

Row = tuple[str, str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class _Wanted:
    """Which part of what was found is shown, and to whom."""

    language: str
    chosen: dict[str, str]
    offset: int
    count: int


_VALUES: dict[str, Callable[[Row], tuple[str, ...]]] = {
    "kind": lambda row: (row[0],),
    "language": lambda row: (row[1],),
    "audience": lambda row: row[2],
    "topic": lambda row: row[3],
}


def _fits(row: Row, chosen: dict[str, str]) -> bool:
    return all(value in _VALUES[name](row) for name, value in chosen.items())


def _left(counted: list[tuple[Row, int]], chosen: dict[str, str], facet: str) -> Counter[str]:
    """What each value of a facet would find beside the other choices."""
    others = {name: value for name, value in chosen.items() if name != facet}
    left: Counter[str] = Counter()
    for row, number in counted:
        if _fits(row, others):
            for value in _VALUES[facet](row):
                left[value] += number
    return left


def _asked(query: Query, wanted: _Wanted) -> tuple[list[tuple[Row, int]], list[Hit]]:
    """How many pages were found of each combination of kind, language, audiences and topics, and the hits that are shown."""
    circles = [query.tsquery(circle) for circle in range(len(TIERS))]
    values: dict[str, Any] = {"wide": circles[-1], "own": locale_ids().get(wanted.language), "other": _OTHER_LANGUAGE}
    values |= {"offset": wanted.offset, "count": wanted.count}
    values["keys"] = sorted(set().union(*(word.within(len(TIERS) - 1) for word in query.words)))
    # A row is tried against a circle only where the circle is wider than the one inside it.
    steps = [
        number for number in range(len(TIERS) - 1) if circles[number] != circles[-1] and circles[number] not in circles[:number]
    ]
    values |= {f"circle{number}": circles[number] for number in steps}
    inside = " ".join(f"when e.vector @@ %(circle{number})s::tsquery then {TIERS[number]}" for number in steps)
    last = TIERS[circles.index(circles[-1])]
    tier = f"case {inside} else {last} end" if inside else str(last)
    sql = _FOUND.format(tier=tier, open=_OPEN, narrowed=_narrowed(wanted.chosen, values))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    counted = [
        ((kind, language_code(locale), tuple(audiences), tuple(topics)), number)
        for kind, locale, audiences, topics, number in json.loads(rows[0]["counted"] or "[]")
    ]
    return counted, [_hit(row, query) for row in rows if row["page_id"] is not None]


# One pass over what fits: each page by its best place, then the counts of them all and the few that are shown.
_FOUND = """
with ranked as materialized (
  select e.id, e.page_id, p.locale_id, e.kind, e.audiences, e.topics,
         {tier} * (0.2 + ts_rank('{{0.1,0.3,0.5,1.0}}', e.vector, %(wide)s::tsquery, 1))
         * case when p.locale_id = %(own)s then 1 else %(other)s end as rank
  {open}
), best as materialized (select distinct on (page_id) * from ranked order by page_id, rank desc, id),
counted as (
  select jsonb_agg(jsonb_build_array(kind, locale_id, audiences, topics, number)) as counted from (
    select kind, locale_id, audiences, topics, count(*) as number from best group by kind, locale_id, audiences, topics
  ) each_combination
), top as (select * from best b where true {narrowed} order by rank desc, page_id limit %(count)s offset %(offset)s)
select c.counted::text, e.page_id, e.kind, p.url_path, p.locale_id, p.translation_key, p.title as page_title,
       p.last_published_at as changed, e.title, e.summary, e.text, e.language, e.document_id, d.file as document_file,
       (select jsonb_object_agg(u.lexeme, u.positions) from unnest(e.vector) u where u.lexeme = any(%(keys)s)) as places
  from counted c left join (
         top join search_searchentry e on e.id = top.id join wagtailcore_page p on p.id = e.page_id
         left join files_sitedocument d on d.id = e.document_id
       ) on true
 order by top.rank desc, top.page_id
"""


def _narrowed(chosen: dict[str, str], values: dict[str, Any]) -> str:
    conditions = {
        "kind": " and b.kind = %(kind)s",
        "language": " and b.locale_id = %(language)s",
        "audience": " and %(audience)s = any(b.audiences)",
        "topic": " and %(topic)s = any(b.topics)",
    }
    values |= chosen
    if "language" in chosen:
        values["language"] = locale_ids().get(chosen["language"])
    return "".join(conditions[name] for name in chosen)


def _hit(row: dict[str, Any], query: Query) -> Hit:
    places: dict[str, list[int]] = json.loads(row["places"]) if row["places"] else {}
    by_word = [{place for key in word.within(len(TIERS) - 1) for place in places.get(key, ())} for word in query.words]
    title, inner = excerpt(title=row["title"], summary=row["summary"], text=row["text"], places=by_word)
    is_file = row["document_id"] is not None
    return Hit(
        page_id=row["page_id"],
        kind=row["kind"],
        url_path=row["url_path"],
        locale_id=row["locale_id"],
        translation_key=row["translation_key"],
        title=marked(row["page_title"], set()) if is_file else title,
        excerpt=inner,
        document_id=row["document_id"],
        document_title=title if is_file else [],
        document_name=(row["document_file"] or "").rpartition("/")[2],
        document_language=row["language"],
        changed=row["changed"],
    )

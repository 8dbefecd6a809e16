"""Search the public site. Whatever the index says, only pages that are public at this moment are found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.db import connection

from backend.core.text import fold
from cms.base.languages import language_code
from cms.search.highlighting import Piece, excerpt, marked
from cms.search.keys import OFTEN, quoted
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
_BASE = 0.2
"""What any place has, beside which its rank by `ts_rank` counts."""
_RANKED = 200
"""Places that are ranked by their vectors: the most promising. All others follow in the order of what they promise."""
_LEADING, _OFTEN, _ONCE = 0.4, 0.055, 0.04
"""About what `ts_rank` gives, but for the length of the text: in title or summary, twice in the text, once."""


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
    keys = sorted(set().union(*(word.within(len(TIERS) - 1) for word in query.words)))
    circles = [query.tsquery(circle) for circle in range(len(TIERS))]
    # A circle is asked for without the one inside it, so that each place is found once, at its worth.
    steps = [number for number, circle in enumerate(circles) if circle not in circles[:number]]
    rings = [f"({circles[outer]}) & !({circles[inner]})" for inner, outer in pairwise(steps)]
    values = {
        "wide": circles[-1],
        "keys": keys,
        "rings": [circles[0], *rings],
        "worths": [TIERS[number] for number in steps],
        "heads": " | ".join(quoted(key) for key in keys),
        "often": " | ".join(quoted(OFTEN + key) for key in keys),
        "bonuses": [_LEADING, _OFTEN],
        "bonus": _ONCE,
        "base": _BASE,
        "language": wanted.language,
        "foreign": _OTHER_LANGUAGE,
        "most": _RANKED,
        "kind": wanted.chosen.get("kind"),
        "in_language": wanted.chosen.get("language"),
        "audience": wanted.chosen.get("audience"),
        "topic": wanted.chosen.get("topic"),
        "offset": wanted.offset,
        "count": wanted.count,
        "last": wanted.offset + wanted.count,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, values)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    counted = [(_row(traits), number) for traits, number in json.loads(rows[0]["counted"] or "[]")]
    return counted, [_hit(row, query) for row in rows if row["page_id"] is not None]


def _row(traits: str) -> Row:
    kind, language, audiences, topics = json.loads(traits)
    return kind, language, tuple(audiences), tuple(topics)


# The function looks once at everything that fits, without its vectors, and leaves out what is closed at this moment: it gives
# rows of counts and rows of promising places (migration 0006). Only the most promising are ranked.
_FOUND = """
with found as materialized (
  select * from search_found(%(rings)s::tsquery[], %(worths)s::float8[], %(heads)s::tsquery, %(often)s::tsquery,
    %(bonuses)s::float8[], %(bonus)s, %(base)s, %(language)s, %(foreign)s,
    %(kind)s::text, %(in_language)s::text, %(audience)s::text, %(topic)s::text, %(most)s)
), combinations as (
  select traits, sum(number)::int as number from found where traits is not null group by traits
), best as materialized (
  select distinct on (page_id) id, page_id, rank from (
    select f.id, f.page_id, f.worth * (%(base)s + ts_rank('{0.1,0.3,0.5,1.0}', e.vector, %(wide)s::tsquery, 1)) as rank
      from found f join search_searchentry e on e.id = f.id
  ) ranked order by page_id, rank desc, id
), others as (
  select distinct on (page_id) id, page_id, promise as rank
    from search_found(%(rings)s::tsquery[], %(worths)s::float8[], %(heads)s::tsquery, %(often)s::tsquery,
           %(bonuses)s::float8[], %(bonus)s, %(base)s, %(language)s, %(foreign)s,
           %(kind)s::text, %(in_language)s::text, %(audience)s::text, %(topic)s::text, null) n
   where (select count(*) from best) < %(last)s and id is not null
     and not exists (select 1 from best b where b.page_id = n.page_id)
   order by page_id, promise desc, id
), top as (
  select *, 1 as part from best union all select *, 2 from others order by part, rank desc, page_id
   limit %(count)s offset %(offset)s
)
select c.counted, e.page_id, e.kind, p.url_path, p.locale_id, p.translation_key, p.title as page_title,
       p.last_published_at as changed, e.title, e.summary, e.text, e.language, e.document_id, d.file as document_file,
       -- Only the keys that were asked for are taken apart: they get a weight that no other key has.
       (select jsonb_object_agg(u.lexeme, u.positions)::text
          from unnest(ts_filter(setweight(e.vector, 'C', %(keys)s::text[]), '{c}')) u) as places
  from (select jsonb_agg(jsonb_build_array(traits, number))::text as counted from combinations) c left join (
         top join search_searchentry e on e.id = top.id join wagtailcore_page p on p.id = e.page_id
         left join files_sitedocument d on d.id = e.document_id
       ) on true
 order by top.part, top.rank desc, top.page_id
"""


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

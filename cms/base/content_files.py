"""Text files that the site's first content is kept in (docs/editor/content-files.md).

A file has a head of `key: value` lines, a line of three dashes, and a body: paragraphs, `## ` headings, `- ` lists, and
blocks between `::: name` and `:::` with one item a line, its parts divided by ` :: `. Inside a text, `**bold**` and
`[words](address)`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from cms.base.models import Topic

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
Block = tuple[str, Any]


@dataclass(frozen=True)
class ContentFile:
    """One page in one language: `key` is the same for its translations."""

    key: str
    language: str
    head: dict[str, str]
    blocks: list[Block]

    def of_kind(self, *kinds: str) -> list[Block]:
        """Blocks of some kinds, in their order."""
        return [block for block in self.blocks if block[0] in kinds]

    def without(self, *kinds: str) -> list[Block]:
        """All blocks but those of some kinds."""
        return [block for block in self.blocks if block[0] not in kinds]

    def topics(self) -> list[Topic]:
        """Topics named in the head by their codes."""
        codes = [code.strip() for code in self.head.get("topics", "").split(",") if code.strip()]
        found = {topic.code: topic for topic in Topic.objects.filter(code__in=codes)}
        return [found[code] for code in codes]


def read_folder(folder: Path) -> list[ContentFile]:
    """All `<key>.<language>.md` of a folder, in the order of their names, Latvian before English."""
    files = [read_file(path) for path in sorted(folder.glob("*.md"))]
    return sorted(files, key=lambda file: file.language != "lv")


def read_file(path: Path) -> ContentFile:
    """Read one file. Raises ValueError for a line that has no meaning, naming the file."""
    key, language, _md = path.name.split(".")
    head_text, _line, body = path.read_text(encoding="utf-8").partition("\n---\n")
    head = {}
    for line in head_text.strip().splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"{path.name}: not a `key: value` line: {line}")
        head[name.strip()] = value.strip()
    return ContentFile(key=key, language=language, head=head, blocks=blocks_in(body, name=path.name))


def inline(text: str) -> str:
    """HTML of a text: links, bold words, everything else escaped."""
    escaped = html.escape(text.strip(), quote=False)
    escaped = _LINK.sub(r'<a href="\2">\1</a>', escaped)
    return _BOLD.sub(r"<b>\1</b>", escaped)


def blocks_in(body: str, *, name: str) -> list[Block]:
    """Blocks of a text. Raises ValueError for what has no meaning, naming the file."""
    blocks: list[Block] = []
    chunks = iter(re.split(r"\n\s*\n", body.strip()))
    for chunk in chunks:
        lines = chunk.strip().splitlines()
        if not lines:
            continue
        if lines[0].startswith("::: "):
            if lines[-1].strip() != ":::":
                raise ValueError(f"{name}: the block `{lines[0]}` has no end.")
            blocks.append(_fenced(lines[0][4:].strip(), lines[1:-1], name=name))
        elif lines[0].startswith("### "):
            blocks.append(("subheading", lines[0][4:].strip()))
        elif lines[0].startswith("## "):
            blocks.append(("heading", lines[0][3:].strip()))
        else:
            _append_text(blocks, lines)
    return blocks


def _append_text(blocks: list[Block], lines: list[str]) -> None:
    """A paragraph or a list; texts that follow each other become one block of running text."""
    if all(line.startswith("- ") for line in lines):
        text = "<ul>" + "".join(f"<li>{inline(line[2:])}</li>" for line in lines) + "</ul>"
    else:
        text = f"<p>{inline(' '.join(lines))}</p>"
    if blocks and blocks[-1][0] == "paragraph":
        blocks[-1] = ("paragraph", blocks[-1][1] + text)
    else:
        blocks.append(("paragraph", text))


def _fenced(kind: str, lines: list[str], *, name: str) -> Block:
    rows = [[part.strip() for part in line.split(" :: ")] for line in lines if line.strip()]
    try:
        return kind, _READERS[kind](rows)
    except KeyError as error:
        raise ValueError(f"{name}: no block is called `{kind}`.") from error


def _released(kind: str, row: list[str]) -> Block:
    """`chart` or `map`, the table (with what a chart goes along), one category or a dash for all, title, text."""
    table, only, title, text = row
    value = {"table": table, "only": "" if only == "-" else only, "title": title, "text": f"<p>{inline(text)}</p>"}
    return {"chart": "released_chart", "map": "released_map"}[kind], value


_READERS: dict[str, Callable[[list[list[str]]], Any]] = {
    "facts": lambda rows: {"facts": [{"term": term, "text": inline(text)} for term, text in rows]},
    "steps": lambda rows: {"steps": [{"title": title, "text": f"<p>{inline(text)}</p>"} for title, text in rows]},
    "gains": lambda rows: {"groups": [{"icon": icon, "title": title, "points": points} for icon, title, *points in rows]},
    "callout": lambda rows: {"title": rows[0][0], "text": "".join(f"<p>{inline(row[0])}</p>" for row in rows[1:])},
    "funding": lambda rows: {key: Decimal(value) if key in {"eu", "state"} else value for key, value in rows},
    "figures": lambda rows: [{"indicator": code, "period": period, "label": label} for code, period, label in rows],
    "series": lambda rows: [
        {"indicator": code, "years_only": which == "years", "title": title, "text": f"<p>{inline(text)}</p>"}
        for code, which, title, text in rows
    ],
    "released": lambda rows: [_released(kind, row) for kind, *row in rows],
    "questions": lambda rows: [row[0] for row in rows],
    "versions": lambda rows: rows,
}

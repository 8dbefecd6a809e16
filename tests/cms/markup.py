"""A page's HTML as tests ask for it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class Markup(HTMLParser):
    """Start tags in their order, text, and whether every element is closed where it should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1:]}")
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())

    def all(self, element: str, /, **wanted: str) -> list[dict[str, str]]:
        """Attributes of every element of that name, of those with the wanted attributes."""
        return [
            attributes
            for tag, attributes in self.tags
            if tag == element and all(attributes.get(key.rstrip("_")) == value for key, value in wanted.items())
        ]

    @property
    def headings(self) -> list[int]:
        """Levels of the headings, in their order."""
        return [int(tag[1]) for tag, _attributes in self.tags if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()]

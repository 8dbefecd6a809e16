"""Choices of a filter that say how much each would show."""

from __future__ import annotations

from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString


def counted(label: Any, number: int) -> str:
    """`Seminar (3)`."""
    return f"{label} ({number})"


class Choices(forms.Select):
    """Django's select, written in one go: a template for each option takes longer than everything else of a filter."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The same elements and attributes."""
        chosen = "" if value is None else str(value)
        options = "".join(
            f'<option value="{escape(str(key))}"{" selected" if str(key) == chosen else ""}>{escape(str(label))}</option>'
            for key, label in self.choices
        )
        own = flatatt(self.build_attrs(self.attrs, attrs))
        return SafeString(f'<select name="{escape(name)}"{own}>{options}</select>')


class Line(forms.TextInput):
    """Django's line of text, written in one go as well; `kind` is its type."""

    def __init__(self, kind: str = "text") -> None:
        super().__init__()
        self.input_type = kind

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The same element and attributes."""
        shown = self.format_value(value)
        given = {} if shown is None else {"value": shown}
        own = flatatt({**given, **self.build_attrs(self.attrs, attrs)})
        return SafeString(f'<input type="{self.input_type}" name="{escape(name)}"{own}>')

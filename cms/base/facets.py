"""Choices of a filter that say how much each would show."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def counted(label: Any, number: int) -> str:
    """`Seminar (3)`."""
    return f"{label} ({number})"


class Choices(forms.Select):
    """Django's select, written in one go: a template for each option takes longer than everything else of a filter."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The same elements and attributes."""
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected" if str(key) == chosen else ""), label) for key, label in self.choices),
        )
        own = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, own, options)

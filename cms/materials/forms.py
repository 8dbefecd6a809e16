"""The filter of the materials: a plain GET form whose choices say how many materials each would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.core.text import fold
from cms.base import parts
from cms.base.facets import Choices, Line, counted
from cms.base.models import Topic
from cms.base.selectors import asked
from cms.materials.models import Audience, Kind, Language
from cms.materials.selectors import FacetRow

_GRADES = range(1, 13)


class MaterialFilter(forms.Form):
    """What a visitor may narrow the list by. Anything unknown is left out, never an error."""

    q = forms.CharField(label=_("Word in the title"), required=False, widget=Line, max_length=80, strip=True)
    audience = forms.ChoiceField(label=_("For whom"), required=False, widget=Choices)
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=Choices)
    topic = forms.ChoiceField(label=_("Topic"), required=False, widget=Choices)
    grade = forms.TypedChoiceField(label=_("Grade"), required=False, widget=Choices, coerce=int, empty_value=None)
    material_language = forms.ChoiceField(label=_("Language of the file"), required=False, widget=Choices)
    year = forms.TypedChoiceField(label=_("Year"), required=False, widget=Choices, coerce=int, empty_value=None)
    since = forms.DateField(label=_("New since"), required=False, widget=Line("date"))

    def __init__(self, *args: Any, language: str, rows: list[FacetRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = sorted({row.year for row in rows}, reverse=True)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "audience": list(Audience.choices),
            "kind": list(Kind.choices),
            "topic": [
                (topic.code, topic.name_in(language))
                for topic in parts.kept("topics", lambda: asked("topics", Topic.objects.all))
            ],
            "grade": [(number, str(number)) for number in _GRADES],
            "material_language": list(Language.choices),
            "year": [(year, str(year)) for year in years],
        }
        for name, options in choices.items() if self.is_bound else ():
            self.fields[name].choices = [("", ""), *options]  # type: ignore[attr-defined]
        chosen = self.criteria()
        self.count = sum(_fits(row, chosen) for row in rows)
        for name, options in choices.items():
            others = {key: value for key, value in chosen.items() if key != name}
            fits = [row for row in rows if _fits(row, others)]
            counts = Counter(value for row in fits for value in _VALUES[name](row))
            shown = [(value, counted(label, counts[value])) for value, label in options]
            self.fields[name].choices = [("", counted(_ANYTHING[name], len(fits))), *shown]  # type: ignore[attr-defined]

    def criteria(self) -> dict[str, Any]:
        """The criteria that were given and are valid, ready for `materials_for`."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


_ANYTHING = {
    "audience": _("Everyone"),
    "kind": _("Any kind"),
    "topic": _("Any topic"),
    "grade": _("Any grade"),
    "material_language": _("Any language"),
    "year": _("Any year"),
}


_VALUES: dict[str, Callable[[FacetRow], Iterable[Any]]] = {
    "audience": lambda row: row.audiences,
    "kind": lambda row: (row.kind,),
    "topic": lambda row: row.topics,
    "grade": lambda row: row.grades,
    "material_language": lambda row: (row.material_language,),
    "year": lambda row: (row.year,),
}
"""Under which choices of a field a material is found."""


def _fits(row: FacetRow, criteria: dict[str, Any]) -> bool:
    """Whether a material fits, by the same rules as `materials_for`."""
    return all(_meets(row, name, value) for name, value in criteria.items())


def _meets(row: FacetRow, name: str, value: Any) -> bool:
    if name == "q":
        return all(word in row.words for word in fold(value).split())
    if name == "since":
        return row.new_on is not None and row.new_on >= value
    return value in _VALUES[name](row)

"""The filter of the institutions: a plain GET form whose choices say how many institutions each would show."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.registry.public import Taking
from backend.territory.models import InstitutionKind
from cms.base.facets import Choices, Line, counted
from cms.places.selectors import municipalities


class InstitutionFilter(forms.Form):
    """What a visitor may narrow the list by. Anything unknown is left out, never an error.

    Counts heed the other choices, not the words: those are looked for in the database.
    """

    q = forms.CharField(label=_("Word in the name"), required=False, widget=Line, max_length=80, strip=True)
    region = forms.ChoiceField(label=_("Region"), required=False, widget=Choices)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False, widget=Choices)
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=Choices)

    def __init__(self, *args: Any, language: str, rows: list[Taking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = municipalities()
        regions = {place.region.code: place.region for place in places}
        choices: dict[str, list[tuple[str, Any]]] = {
            "region": [(r.code, r.name_in(language)) for r in sorted(regions.values(), key=lambda r: r.sort_key)],
            "municipality": [(place.code, place.name_in(language)) for place in places],
            "kind": [(str(value), label) for value, label in InstitutionKind.choices],
        }
        for name, options in choices.items() if self.is_bound else ():
            self.fields[name].choices = [("", ""), *options]  # type: ignore[attr-defined]
        chosen = self.criteria()
        anything = {"region": _("All regions"), "municipality": _("All municipalities"), "kind": _("Any kind")}
        for name, options in choices.items():
            others = [(key, value) for key, value in chosen.items() if key not in {name, "q"}]
            fits = [row for row in rows if all(getattr(row, key) == value for key, value in others)]
            counts: Counter[str] = Counter()
            for row in fits:
                counts[getattr(row, name)] += row.institutions
            shown = [(code, counted(label, counts[code])) for code, label in options if counts[code] or chosen.get(name) == code]
            self.fields[name].choices = [("", counted(anything[name], counts.total())), *shown]  # type: ignore[attr-defined]
        narrowed = [row for row in rows if all(getattr(row, key) == value for key, value in chosen.items() if key != "q")]
        self.count = None if "q" in chosen else sum(row.institutions for row in narrowed)
        """How many institutions fit; None where that is for the database to say."""

    def criteria(self) -> dict[str, Any]:
        """The criteria that were given and are valid, ready for `institutions_for`."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

"""The filter of the events: a plain GET form whose choices say how many events each would show."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.core.database.statements import rows
from backend.territory.models import Region
from cms.base import parts
from cms.base.facets import Choices, counted
from cms.events.models import EventKind
from cms.events.selectors import Row


class EventFilter(forms.Form):
    """What a visitor may narrow the list by. Anything unknown is left out, never an error."""

    when = forms.ChoiceField(label=_("When"), required=False, widget=Choices)
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=Choices)
    region = forms.ChoiceField(label=_("Region"), required=False, widget=Choices)

    def __init__(self, *args: Any, language: str, events: list[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = parts.kept("regions", lambda: rows("regions", Region.objects.all))
        regions = [(region.code, region.name_in(language)) for region in every]
        for name, choices in (("kind", EventKind.choices), ("region", regions)):
            self.fields[name].choices = [("", ""), *choices]  # type: ignore[attr-defined]
        self.fields["when"].choices = [("", ""), ("past", "")]  # type: ignore[attr-defined]
        chosen = self.criteria()
        self._count(events, chosen, regions)

    def _count(self, events: list[Row], chosen: dict[str, Any], regions: list[tuple[str, str]]) -> None:
        """Each choice counts what fits the other two."""
        kind, region, past = chosen.get("kind"), chosen.get("region"), chosen["past"]

        def fits(row: Row, *, but: str) -> bool:
            return (
                (but == "kind" or not kind or row[0] == kind)
                and (but == "region" or not region or row[1] in {region, None})
                and (but == "when" or row[2] is past)
            )

        by_time = [row[2] for row in events if fits(row, but="when")]
        self.count = by_time.count(past)
        times = [("", _("Coming"), by_time.count(False)), ("past", _("Past"), by_time.count(True))]
        kinds = [row[0] for row in events if fits(row, but="kind")]
        places = [row[1] for row in events if fits(row, but="region")]
        everywhere = places.count(None)
        self.fields["when"].choices = [(value, counted(label, number)) for value, label, number in times]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", counted(_("Any kind"), len(kinds))),
            *[(value, counted(label, kinds.count(value))) for value, label in EventKind.choices],
        ]
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            ("", counted(_("All regions"), len(places))),
            *[(code, counted(name, places.count(code) + everywhere)) for code, name in regions],
        ]

    def criteria(self) -> dict[str, Any]:
        """The criteria that were given and are valid, ready for `events_for`."""
        if not self.is_bound:
            return {"past": False}
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value and name != "when"}
        return given | {"past": self.cleaned_data.get("when") == "past"}

    @property
    def past(self) -> bool:
        """Whether the past was asked for."""
        return bool(self.criteria()["past"])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was chosen."""
        return self.criteria() != {"past": False}

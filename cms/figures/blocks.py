"""What an editor can put on the page of figures: published series, and tables of releases as charts and maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from cms.base.blocks import INLINE, SeriesBlock

_TABLE = gettext_lazy("Table of open data")


def _charts() -> Any:
    from cms.figures.released import chart_choices

    return chart_choices()


def _maps() -> Any:
    from cms.figures.released import map_choices

    return map_choices()


class TableBlock(blocks.ChoiceBlock):
    """A choice among tables. Its keys are text, so reading a page asks for no list of choices, which Wagtail's own does."""

    def normalize_choice(self, value: Any) -> Any:
        """As it is stored."""
        return value


class ReleasedBlock(blocks.StructBlock):
    """What charts and maps of releases share. The newest release that holds the table is shown, without a further step."""

    table = TableBlock(label=_TABLE)
    only = blocks.CharBlock(
        label=gettext_lazy("Only one category of the other dimension"),
        required=False,
        help_text=gettext_lazy("Its code, as the table's file has it, such as 2022/2023. Empty: all together."),
    )
    title = blocks.CharBlock(label=gettext_lazy("Title"), required=False, help_text=gettext_lazy("Empty: the table's own."))
    text = blocks.RichTextBlock(label=gettext_lazy("What it tells"), features=INLINE, required=False)

    def clean(self, value: Mapping[str, Any]) -> Any:
        """Raises StructBlockValidationError for a category that the table does not have."""
        from cms.figures.released import categories_beside

        cleaned = super().clean(value)
        known = categories_beside(cleaned["table"], dimension=self.drawn_along(cleaned["table"]))
        if cleaned["only"] and cleaned["only"] not in known:
            problem = ValidationError(_("The table has no such category."))
            raise blocks.StructBlockValidationError(block_errors={"only": problem})
        return cleaned

    def drawn_along(self, choice: str) -> str:
        """The dimension whose categories are drawn."""
        return "TERRITORY"


class ReleasedChartBlock(ReleasedBlock):
    """A table of open data as bars, with its summary, table, file, source and the release it is from."""

    table = TableBlock(choices=_charts, label=_TABLE)

    def drawn_along(self, choice: str) -> str:
        """The second part of the choice."""
        return choice.split("/")[1]

    class Meta:
        icon = "table"
        label = gettext_lazy("Chart of open data")


class ReleasedMapBlock(ReleasedBlock):
    """A table of open data as a map of the municipalities."""

    table = TableBlock(choices=_maps, label=_TABLE)

    class Meta:
        icon = "site"
        label = gettext_lazy("Map of open data")


class FiguresBlock(blocks.StreamBlock):
    """What the page of figures shows, in its order."""

    series = SeriesBlock()
    released_chart = ReleasedChartBlock()
    released_map = ReleasedMapBlock()

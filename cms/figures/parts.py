"""What the page of figures shows, block by block."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cms.figures.charts import Chart, charts_for
from cms.figures.maps import Drawing, PlaceMap, institutions_map
from cms.figures.released import ReleasedChart, chart_of_block, map_of_block, tables_for

Part = Chart | ReleasedChart | PlaceMap


def parts_of(*, stream: Iterable[Any]) -> tuple[list[Part], PlaceMap | None]:
    """Charts and maps in the editor's order, and the register's own map; what nobody published or released is left out.

    One statement for all series, one for all tables of releases, three for the maps.
    """
    blocks = list(stream)
    series = charts_for(blocks=[block.value for block in blocks if block.block_type == "series"])
    by_code = {chart.code: chart for chart in series}
    tables = tables_for(blocks=[block.value for block in blocks if block.block_type != "series"])
    drawing = Drawing()
    parts: list[Part | None] = []
    for number, block in enumerate(blocks, 1):
        code = f"d{number}"
        if block.block_type == "series":
            parts.append(by_code.pop(block.value["indicator"], None))
        elif block.block_type == "released_chart":
            parts.append(chart_of_block(block=block.value, tables=tables, code=code))
        else:
            parts.append(map_of_block(block=block.value, tables=tables, code=code, drawing=drawing))
    return [part for part in parts if part is not None], institutions_map(drawing=drawing)

"""A published series, or the map, as a CSV file."""

from __future__ import annotations

import csv

from django.http import HttpResponse

from backend.insight.statistics.public import published_figures
from cms.figures.maps import CODE, PlaceMap

MAP_COLUMNS = ("code", "atvk_code", "municipality", "region", "institutions", "on")
COLUMNS = ("indicator", "name", "period", "comparator", "value", "unit", "status", "note", "source")


def csv_of(*, indicator: str, language: str) -> HttpResponse:
    """All values of the indicator (RFC 4180, UTF-8 with a mark that office programmes need), names in `language`."""
    response = _answer(indicator)
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for figure in published_figures(indicator=indicator):
        writer.writerow(
            [
                figure.indicator,
                figure.name_in(language),
                figure.period,
                figure.comparator.value,
                format(figure.value.normalize(), "f"),
                figure.unit,
                figure.status.value,
                figure.note,
                figure.source,
            ]
        )
    return response


def csv_of_map(places: PlaceMap, *, language: str) -> HttpResponse:
    """The map's municipalities in Latvian order, as a file of the same kind; `on` is the day that it shows."""
    response = _answer(CODE)
    writer = csv.writer(response)
    writer.writerow(MAP_COLUMNS)
    for place in places.places:
        where = place.municipality
        name, region = where.name_in(language), where.region.name_in(language)
        writer.writerow([where.code, where.atvk_code, name, region, place.value, places.on.isoformat()])
    return response


def _answer(name: str) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    return response

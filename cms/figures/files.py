"""A published series as a CSV file."""

from __future__ import annotations

import csv

from django.http import HttpResponse

from backend.insight.statistics.public import published_figures

COLUMNS = ("indicator", "name", "period", "comparator", "value", "unit", "status", "note", "source")


def csv_of(*, indicator: str, language: str) -> HttpResponse:
    """All values of the indicator (RFC 4180, UTF-8 with a mark that office programmes need), names in `language`."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{indicator}.csv"'
    response.write("\ufeff")
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

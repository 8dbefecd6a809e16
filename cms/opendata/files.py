"""A released table as files: CSV (RFC 4180), JSON, and the CSV's own metadata (CSV on the Web)."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

from backend.insight.statistics.public import PublicRelease, PublicTable
from cms.opendata.reading import axes_of, has_shares, lines_of, measure_of, unit_of

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LICENCE_OF_EU = "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"


def csv_of(table: PublicTable) -> str:
    """One line a figure: of each dimension the code and both names, then value, unit, whether it is suppressed, and its share.

    An empty value is suppressed. A total has the code `_T`.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for name, _titles, _kind in _columns(table)])
    unit, shares = unit_of(table), has_shares(table)
    for line in lines_of(table):
        codes = [text for each in line.headings for text in (each.code, each.name_lv, each.name_en)]
        hidden = "true" if line.value is None else "false"
        writer.writerow([*codes, line.value or "", unit, hidden, *([line.share or ""] if shares else [])])
    return out.getvalue()


def json_of(*, release: PublicRelease, table: PublicTable, base: str) -> str:
    """The table with its categories; figures in the order of `figures.codes`, null where suppressed."""
    unit = unit_of(table)
    content = {
        "release": release.code,
        "releasedAt": release.released_at.isoformat(),
        "knownOn": release.known_on.isoformat(),
        "divisionOn": release.division_on.isoformat(),
        "table": table.code,
        "title": {"lv": table.name_lv, "en": table.name_en},
        "measure": measure_of(table),
        "licence": LICENCE,
        "page": f"{base}/open-data/{release.code}/{table.code}/",
        "contentHash": table.content_hash,
        "dimensions": [
            {
                "code": axis.code,
                "name": {"lv": axis.name_lv, "en": axis.name_en},
                "categories": [
                    {
                        "code": each.code,
                        "name": {"lv": each.name_lv, "en": each.name_en},
                        "level": each.level or None,
                        "parent": each.parent or None,
                    }
                    for each in axis.headings
                ],
            }
            for axis in axes_of(table)
        ],
        "figures": [
            {"codes": [each.code for each in line.headings], "value": _number(line.value, unit), "suppressed": line.value is None}
            | ({"share": line.share} if line.share else {})
            for line in lines_of(table)
        ],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _number(value: str | None, unit: str) -> str | int | None:
    """Counts and hours as numbers; euro as text with two places, which no reader's floating point can change."""
    if value is None:
        return None
    return value if unit == "EURO" else int(Decimal(value))


def csvw_of(*, release: PublicRelease, table: PublicTable, base: str) -> str:
    """Metadata for `<table>.csv`, found at `<table>.csv-metadata.json` (W3C, Metadata Vocabulary for Tabular Data, 5.2)."""
    address = f"{base}/open-data/{release.code}"
    columns: list[dict[str, Any]] = [
        {"name": name, "titles": titles, "datatype": kind, "required": required} | ({"null": ""} if not required else {})
        for name, titles, kind, required in (
            (name, titles, kind, name not in {"value", "share"}) for name, titles, kind in _columns(table)
        )
    ]
    content = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "lv", "@base": f"{address}/"}],
        "url": f"{table.code}.csv",
        "dc:title": [{"@value": table.name_lv, "@language": "lv"}, {"@value": table.name_en, "@language": "en"}],
        "dc:license": {"@id": LICENCE},
        "dc:modified": {"@value": release.released_at.date().isoformat(), "@type": "xsd:date"},
        "dc:source": {"@id": f"{address}/{table.code}/"},
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": columns, "primaryKey": [axis.code.lower() for axis in axes_of(table)]},
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _columns(table: PublicTable) -> list[tuple[str, dict[str, str], str]]:
    """(name, titles by language, datatype) of the CSV's columns."""
    columns = []
    for axis in axes_of(table):
        name = axis.code.lower()
        columns += [
            (name, {"lv": f"{axis.name_lv}: kods", "en": f"{axis.name_en}: code"}, "string"),
            (f"{name}_lv", {"lv": f"{axis.name_lv}, latviski", "en": f"{axis.name_en}, in Latvian"}, "string"),
            (f"{name}_en", {"lv": f"{axis.name_lv}, angliski", "en": f"{axis.name_en}, in English"}, "string"),
        ]
    kind = "decimal" if unit_of(table) == "EURO" else "integer"
    measure = measure_of(table)["name"]
    columns += [
        ("value", measure, kind),
        ("unit", {"lv": "Mērvienība", "en": "Unit"}, "string"),
        ("suppressed", {"lv": "Skaitlis slēpts", "en": "Suppressed"}, "boolean"),
    ]
    if has_shares(table):
        columns.append(("share", {"lv": "Daļa grupā, %", "en": "Share of the group, %"}, "string"))
    return columns

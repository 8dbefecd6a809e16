"""`/documents/semester-report/<id>.<pdf|xlsx|csv>`: a semester's report over the caller's reach or one unit of it.

The id is the semester's. The query names what the case API's `semesterReport` takes: `institutionId`, `institutionCode`,
`municipalityId`, ..., `divisionOn`, `asOf`. All three files say the same figures, and one of the same moment is the same bytes
whenever it is made.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.scope import Scope
from backend.core.identifiers import key_of
from backend.core.refusals import Code, Problems
from backend.core.spreadsheets import safe_row
from backend.documents.report_sections import Number, Section, sections_of
from backend.documents.typesetting import typeset
from backend.documents.wording import LANGUAGE, REGION, day, euro, in_latvian, moment
from backend.insight.statistics.full_report import FullReport, full_report
from backend.territory.models import Institution, Municipality, Region, Semester

_UNITS: dict[str, type[Model]] = {"institution": Institution, "municipality": Municipality, "region": Region}
HEADINGS = ("section", "title", "row", "row_name", "column", "column_name", "figure")
"""First line of the CSV; after it one line for each figure."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report_asked_for(*, request: HttpRequest, scope: Scope, public_id: str) -> FullReport | None:
    """The report that an address names; None where a part of it is not there or not reached. Needs the scope's transaction.

    Raises Refusal INVALID for what is no day, no moment, or more than one unit.
    """
    problems = Problems()
    division_on = _read(problems, request, "divisionOn", dt.date.fromisoformat)
    as_of = _read(problems, request, "asOf", _moment)
    named = {name: model for name, model in _UNITS.items() if {f"{name}Id", f"{name}Code"} & request.GET.keys()}
    if len(named) > 1:
        problems.add(Code.INVALID, gettext_lazy("Name one unit at most: an institution, a municipality or a region."), "")
    problems.refuse()
    units = {name: _unit(request, name, model) for name, model in named.items()}
    key = key_of(public_id, tag=Semester.tag)
    semester = Semester.objects.filter(pk=key).first() if key else None
    if semester is None or None in units.values():
        return None
    return full_report(scope=scope, semester=semester, division_on=division_on, as_of=as_of, **units)


def report_file(full: FullReport, ending: str) -> tuple[str, bytes]:
    """Name and bytes of the report as `pdf`, `xlsx` or `csv`, in Latvian."""
    made: Callable[[FullReport, list[Section]], bytes] = {"pdf": _pdf, "xlsx": _xlsx, "csv": _csv}[ending]
    with in_latvian():
        content = made(full, sections_of(full))
    unit = getattr(full.unit, "code", "")
    name = "-".join(part for part in ("semester-report", full.semester.code.replace("/", "-"), unit) if part)
    return f"{name}.{ending}", content


def _csv(full: FullReport, sections: list[Section]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(HEADINGS)
    for section in sections:
        for row, row_name in section.rows:
            for column, column_name in section.columns:
                figure = section.figure(row, column)
                writer.writerow(safe_row([section.code, section.title, row, row_name, column, column_name, str(figure)]))
    return file.getvalue().encode()


def _pdf(full: FullReport, sections: list[Section]) -> bytes:
    data = {
        "language": LANGUAGE,
        "region": REGION,
        "title": _title(full),
        "issuer": _whose(full),
        "number": full.semester.code,
        "made": _as_known(full),
        "head": _head(full),
        "tables": [
            {
                "title": section.title,
                "heads": [section.of_rows, *(name for _code, name in section.columns)],
                "rows": [
                    [name, *(_shown(section.figure(row, column), section, column) for column, _name in section.columns)]
                    for row, name in section.rows
                ],
            }
            for section in [*sections, *_corrections(full)]
        ],
        "nothing": _("Nothing."),
        "hash": _("SHA-256 of the report's figures: %(hash)s") % {"hash": full.report.content_hash},
    }
    return typeset(template="report", data=data, made_at=full.report.as_of)


def _xlsx(full: FullReport, sections: list[Section]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = _title(full), "PuMPuRS"
    book.properties.created = book.properties.modified = full.report.as_of.astimezone(dt.UTC).replace(tzinfo=None)
    head = book.create_sheet(_("Report"))
    for line in ([_title(full)], *_head(full), [_("SHA-256 of the report's figures"), full.report.content_hash]):
        head.append(safe_row(line))
    for section in [*sections, *_corrections(full)]:
        sheet = book.create_sheet(section.code[:31])
        sheet.append(safe_row([section.title]))
        sheet.append(safe_row([section.of_rows, *(name for _code, name in section.columns)]))
        for cell in (*sheet[1], *sheet[2]):
            cell.font = Font(bold=True)
        for row, name in section.rows:
            sheet.append(safe_row([name, *(section.figure(row, column) for column, _name in section.columns)]))
        sheet.column_dimensions["A"].width = 44
        sheet.freeze_panes = "B3"
    file = io.BytesIO()
    book.save(file)
    return _of_the_moment(file.getvalue(), full.report.as_of)


def _of_the_moment(content: bytes, at: dt.datetime) -> bytes:
    """The same workbook with the report's moment where the library writes the clock's: in the archive, in its properties."""
    there = at.astimezone(dt.UTC)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = given.read(name)
            if name == "docProps/core.xml":
                part = re.sub(
                    rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + f"{there:%Y-%m-%dT%H:%M:%SZ}".encode(), part
                )
            entry = zipfile.ZipInfo(name, there.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, part)
    return out.getvalue()


def _title(full: FullReport) -> str:
    return _("Report on the semester %(semester)s") % {"semester": full.semester.code}


def _whose(full: FullReport) -> str:
    if full.unit is not None:
        return str(full.unit.name_lv)
    return _("Whole country") if full.reach.keys is None else _("Institutions within reach")


def _as_known(full: FullReport) -> str:
    return _("As known on %(moment)s") % {"moment": moment(full.report.as_of)}


def _head(full: FullReport) -> list[list[str]]:
    return [
        [_("Over"), _whose(full)],
        [_("Semester"), full.semester.code],
        [_("As known on"), moment(full.report.as_of)],
        [_("Territorial division of"), day(full.report.division_on)],
    ]


def _corrections(full: FullReport) -> list[Section]:
    if not full.corrections:
        return []
    figures: dict[tuple[str, str], Number] = {}
    for line in full.corrections:
        for column, text in (("sealed", line.sealed), ("now", line.now)):
            figures[line.figure, column] = Decimal(text) if "." in text else int(text)
    rows = tuple((line.figure, line.figure) for line in full.corrections)
    columns = (("sealed", _("As sealed")), ("now", _("As it is now")))
    return [Section("corrections", _("Changed since the semester was closed"), _("Figure"), rows, columns, figures)]


def _shown(figure: Number, section: Section, column: str) -> str:
    if column in section.tenths:
        return str(figure).replace(".", ",")
    return euro(figure) if isinstance(figure, Decimal) else str(figure)


def _read(problems: Problems, request: HttpRequest, name: str, read: Callable[[str], Any]) -> Any:
    given = request.GET.get(name)
    if given is None:
        return None
    try:
        return read(given)
    except ValueError:
        wording = gettext_lazy("Write a day as 2023-10-16, a moment with its offset as 2023-10-16T12:00:00+03:00.")
        problems.add(Code.INVALID, wording, name)
        return None


def _moment(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text.replace(" ", "+"))  # an address may have turned the plus into a space
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def _unit(request: HttpRequest, name: str, model: type[Model]) -> Any:
    given, code = request.GET.get(f"{name}Id"), request.GET.get(f"{name}Code", "")
    if given is not None:
        key: UUID | None = key_of(given, tag=model.tag)  # type: ignore[attr-defined]
        return model._default_manager.filter(pk=key).first() if key else None
    return None if "\x00" in code else model._default_manager.filter(code=code).first()

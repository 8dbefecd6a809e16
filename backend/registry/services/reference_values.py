"""Values of reference lists as versions: a change is a new row that begins where the old one ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import command
from backend.accounts.permissions import Place, require_at
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.core import inputs
from backend.core.models import SourceStatus
from backend.core.refusals import Code, Problems, refuse
from backend.registry.lists import LISTS, NEEDED, Columns, ListSpec
from backend.registry.models import ReferenceList, ReferenceValue
from backend.registry.services.versions import check_period, check_versions, end_before, of_version, versions_at
from backend.territory.models import Programme

_FARTHEST_PLACE = 9_999


@dataclass(frozen=True)
class PropertyGiven:
    """One property of a value, as text (`registry.lists` says how each is read)."""

    name: str
    value: str


@command("setReferenceValue", answer=of_version(ReferenceValue))
def set_reference_value(
    *,
    scope: Scope,
    which: str,
    code: str,
    valid_from: dt.date,
    name: str = "",
    name_en: str | None = None,
    position: int | None = None,
    valid_to: dt.date | None = None,
    properties: Sequence[PropertyGiven] = (),
    source: str = "",
    source_status: str = SourceStatus.ASSUMED,
    preview_only: bool = False,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> ReferenceValue | None:
    """Write a value of a reference list from a day on: a new one, or a new version of the one with this code.

    The version in force on that day ends the day before; `expected_version` is its version. English name, place and properties
    that are left out stay as the last version has them. With `preview_only` everything is checked and nothing written, and
    there is no value to give back. What a change touches `backend.cases.reimbursements.reference_previews` counts.

    Raises Refusal: NOT_ALLOWED (the agency alone), REQUIRED, INVALID, NOT_FOUND of the inputs, OUT_OF_PERIOD (outside the
    programme), LOCKED (the first day lies in a closed semester), CONFLICT (another version begins in the period, or the one in
    force has changed).
    """
    require_at(scope=scope, act=Act.SET_REFERENCE_VALUE, place=Place())
    problems = Problems()
    inputs.date(problems, valid_from, "valid_from")
    problems.refuse()
    spec = LISTS[ReferenceList(which)]
    key = spec.columns(code)
    if key is None:
        refuse(Code.INVALID, _("This is no code of the list. See how its values are written."), "code")
    if source_status not in SourceStatus.values:
        problems.add(Code.INVALID, _("Choose how sure the value is."), "source_status")
    stated = inputs.line(problems, source, "source", longest=500, required=False)
    key = _of_programme(problems, spec, key, valid_from)
    check_period(problems, valid_from, valid_to)
    problems.refuse()
    versions = spec.model._default_manager.filter(**key)
    standing = versions_at(versions, valid_from)
    before = standing or versions.filter(valid_from__lte=valid_from).order_by("-valid_from").first()
    columns = key | _properties(problems, spec, properties, before)
    if spec.named:
        columns |= _names(problems, name, name_en, before) | _place(problems, spec, position, before)
    elif name or name_en or position is not None:
        problems.add(Code.INVALID, _("Values of this list have no name and no place of their own: leave them out."), "name")
    if not problems:
        spec.check(problems, columns)
    check_versions(problems, versions, standing, valid_from, valid_to, expected_version)
    problems.refuse()
    if preview_only:
        return None
    if standing is not None:
        end_before(standing, valid_from)
    row = spec.model(**columns, valid_from=valid_from, valid_to=valid_to, source=stated, source_status=source_status)
    row.save(force_insert=True)
    return ReferenceValue.objects.get(pk=row.pk)


def _of_programme(problems: Problems, spec: ListSpec, key: Columns, on: dt.date) -> Columns:
    """The columns with the programme of the day, where each has a list of its own."""
    if not spec.of_programme:
        return key
    programme = Programme.objects.filter(starts_on__lte=on, ends_on__gte=on).order_by("-starts_on").first()
    if programme is None:
        problems.add(Code.OUT_OF_PERIOD, _("No programme runs on that day. Check the year."), "valid_from")
    return key | {"programme": programme}


def _properties(problems: Problems, spec: ListSpec, given: Sequence[PropertyGiven], before: models.Model | None) -> Columns:
    """Columns of all properties: given, else as the last version has them, else the list's own default."""
    known = {item.name: item for item in spec.properties}
    columns: Columns = {}
    for number, one in enumerate(given):
        item = known.get(one.name)
        if item is None:
            names = ", ".join(known) or "–"
            message = format_lazy(_("The list has no such property. It has: {names}."), names=names)
            problems.add(Code.NOT_FOUND, message, f"properties.{number}.name")
        elif item.column in columns:
            problems.add(Code.DUPLICATE, _("The property stands there already. State it once."), f"properties.{number}.name")
        else:
            columns[item.column] = _read(problems, item.read, one.value, f"properties.{number}.value")
    for item in spec.properties:
        if item.column in columns:
            continue
        if before is not None:
            columns[item.column] = getattr(before, item.column)
        elif item.default is NEEDED:
            problems.add(Code.REQUIRED, format_lazy(_("State the property {name}."), name=item.name), "properties")
        else:
            columns[item.column] = item.default
    return columns


def _read(problems: Problems, read: Any, text: str, field: str) -> Any:
    try:
        return read(text)
    except ValueError:
        problems.add(Code.INVALID, _("The property takes no such value. See how its values are written."), field)
        return None


def _names(problems: Problems, name: str, name_en: str | None, before: Any) -> Columns:
    english = name_en if name_en is not None else before.name_en if before is not None else ""
    return {
        "name_lv": inputs.line(problems, name, "name", longest=300),
        "name_en": inputs.line(problems, english, "name_en", longest=300, required=False),
    }


def _place(problems: Problems, spec: ListSpec, position: int | None, before: Any) -> Columns:
    if position is not None:
        if not 0 <= position <= _FARTHEST_PLACE:
            problems.add(Code.INVALID, _("A place in a list is a small number from 0."), "position")
        return {"position": position}
    if before is not None:
        return {"position": before.position}
    last = spec.model._default_manager.aggregate(last=Max("position"))["last"]
    return {"position": 0 if last is None else last + 1}

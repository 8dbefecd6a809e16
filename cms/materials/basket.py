"""Several materials as one zip file. The choice lies in the address (`?m=slug&m=slug`): no cookie, no account, no script."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from cms.base.languages import address
from cms.files.downloads import count_download
from cms.materials.models import MaterialPage

if TYPE_CHECKING:
    from cms.materials.models import MaterialsIndexPage

MOST = 30
"""Materials in one file."""
LARGEST = 200 * 1024 * 1024
"""Bytes of all files together; what goes beyond stays a download of its own."""
_IN_MEMORY = 8 * 1024 * 1024
_NAME = "pumpurs-materiali.zip"


def chosen_slugs(request: HttpRequest) -> list[str]:
    """What the address chooses, each once, in its order; at most `MOST`."""
    return list(dict.fromkeys(slug for slug in request.GET.getlist("m") if slug and "\0" not in slug))[:MOST]


def basket_file(*, index: MaterialsIndexPage, request: HttpRequest) -> HttpResponse | FileResponse:
    """The zip of the chosen materials with a list of what is in it; back to the list, which says so, where nothing was chosen."""
    from cms.materials.selectors import materials_for

    slugs = chosen_slugs(request)
    materials = list(materials_for(language=index.language, slugs=slugs)) if slugs else []
    if not materials:
        asked = request.GET.copy()
        asked["m"] = ""  # what narrowed the list stays
        return HttpResponseRedirect(f"{address(index)}?{asked.urlencode()}#basket")
    stream = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the response closes it
    packed = _pack(materials, stream)
    for material in packed:
        count_download(document=material.document)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=_NAME, content_type="application/zip")


def _pack(materials: list[MaterialPage], stream: IO[bytes]) -> list[MaterialPage]:
    """Write the files; returns the materials whose files are in it."""
    names: set[str] = set()
    lines: list[str] = []
    packed, size = [], 0
    missing = _("Not in this file: download it by itself.")
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for material in materials:
            document, url = material.document, settings.BASE_URL + address(material)
            size += document.file_size or 0
            lines += [material.title, f"  {material.get_licence_display()}", f"  {url}"]
            if size > LARGEST or not document.file.storage.exists(document.file.name):
                lines += [f"  {missing}", ""]
                continue
            name = _unused(document.filename, names)
            with document.file.storage.open(document.file.name) as source:
                archive.writestr(zipfile.ZipInfo(name, _stamp(material)), source.read(), zipfile.ZIP_DEFLATED)
            lines += [f"  {name}", ""]
            packed.append(material)
        archive.writestr(_("contents.txt"), "\r\n".join(lines))
    return packed


def _stamp(material: MaterialPage) -> tuple[int, int, int, int, int, int]:
    changed = material.last_published_at
    return (changed.year, changed.month, changed.day, 12, 0, 0) if changed else (2017, 3, 16, 12, 0, 0)


def _unused(name: str, names: set[str]) -> str:
    """The name, with a number where another file has it already."""
    path, number, free = PurePath(name), 1, name
    while free in names:
        number += 1
        free = f"{path.stem}-{number}{path.suffix}"
    names.add(free)
    return free

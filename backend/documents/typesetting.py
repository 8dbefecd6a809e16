"""From plain data to a tagged PDF: a template of `site_templates/documents/`, typeset by Typst.

Data reach the template as JSON and nothing else: no text of a person is ever read as markup. The result is PDF/UA-1, which
Typst refuses to write where the document lacks a title or a language, or where a sign has no shape. Fonts are the embedded
ones, so that a document looks the same on every machine; a sign that they lack (an emoji, a Chinese name) is written as its
number, `[U+1F60D]`, so that nothing is lost unseen.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from django.utils.functional import Promise

TEMPLATES = Path(__file__).resolve().parents[2] / "site_templates" / "documents"
MOST_PROBES = 200
"""Unusual signs that one document has tried for a shape; what exceeds them is written by number at once."""

_PROBE = b'#set document(title: "p")\n#set text(lang: "lv", font: "Libertinus Serif")\n#json(bytes(sys.inputs.data))'
_compilers: dict[str, typst.Compiler] = {}
_has_shape: dict[str, bool] = {}
_lock = Lock()


def typeset(*, template: str, data: Mapping[str, Any], made_at: dt.datetime | None = None) -> bytes:
    """The PDF of `<template>.typ` with this data (texts, numbers, lists, mappings). One document at a time in a process.

    Lazy texts are read here, in the active language. `made_at` is the moment that the file itself names, by default the clock's:
    with the same data and moment the bytes are the same.

    Raises RuntimeError (of Typst) where template and data do not fit: a fault of ours.
    """
    given = _read(data)
    with _lock:
        compiler = _compilers.get(template)
        if compiler is None:
            compiler = typst.Compiler(input=TEMPLATES / f"{template}.typ", root=TEMPLATES, ignore_system_fonts=True)
            _compilers[template] = compiler
        _try_shapes({sign for text in _texts(given) for sign in text if _is_unusual(sign)})
        try:
            return _compiled(compiler, _written(given, plainly=False), made_at)
        except typst.TypstError:
            # Signs that have a shape each, and none together (an emoji of several): all unusual ones by their numbers.
            return _compiled(compiler, _written(given, plainly=True), made_at)


def _read(value: Any) -> Any:
    """The same data with lazy texts read, and tuples as lists."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _read(part) for name, part in value.items()}
    return [_read(part) for part in value] if isinstance(value, list | tuple) else value


def _compiled(compiler: typst.Compiler, data: Any, made_at: dt.datetime | None = None) -> bytes:
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    named = None if made_at is None else int(made_at.timestamp())
    made = compiler.compile(format="pdf", pdf_standards="ua-1", sys_inputs=inputs, timestamp=named)
    assert isinstance(made, bytes)  # noqa: S101  (one output, asked for as bytes)
    return made


def _is_unusual(sign: str) -> bool:
    """Beyond Latin letters and general punctuation, which the font is known to have (a test holds it to that)."""
    return not (" " <= sign <= "~" or "\u00a1" <= sign <= "\u017f" or sign in "\n\t–—‘’‚“”„…€•−≤≥")


def _try_shapes(signs: set[str]) -> None:
    unknown = sorted(signs - _has_shape.keys())
    if not unknown:
        return
    probe = _compilers.setdefault("", typst.Compiler(input=_PROBE, ignore_system_fonts=True))
    for sign in unknown[:MOST_PROBES]:
        try:
            _compiled(probe, f"a{sign}a")
            _has_shape[sign] = True
        except typst.TypstError:
            _has_shape[sign] = False


def _written(value: Any, *, plainly: bool) -> Any:
    """The same data with signs that have no shape written by their numbers."""
    if isinstance(value, str):
        return "".join(_sign(sign, plainly=plainly) for sign in value)
    if isinstance(value, Mapping):
        return {name: _written(part, plainly=plainly) for name, part in value.items()}
    if isinstance(value, list):
        return [_written(part, plainly=plainly) for part in value]
    return value


def _sign(sign: str, *, plainly: bool) -> str:
    if not _is_unusual(sign) or (not plainly and _has_shape.get(sign, False)):
        return sign
    return f"[U+{ord(sign):04X}]"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)

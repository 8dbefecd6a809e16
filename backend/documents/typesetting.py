"""From plain data to a tagged PDF: a template of `site_templates/documents/`, typeset by Typst.

Data reach the template as JSON and nothing else: no text of a person is ever read as markup. The result is PDF/UA-1, which
Typst refuses to write where the document lacks a title, a language or the words for a picture. Fonts are the embedded ones,
so that a document looks the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import typst

TEMPLATES = Path(__file__).resolve().parents[2] / "site_templates" / "documents"
STANDARD = "ua-1"

_compilers: dict[str, typst.Compiler] = {}
_lock = Lock()


def typeset(*, template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of `<template>.typ` with this data (texts, numbers, lists, mappings).

    Raises RuntimeError (of Typst) where template and data do not fit: a fault of ours. One document at a time in a process.
    """
    with _lock:
        compiler = _compilers.get(template)
        if compiler is None:
            compiler = typst.Compiler(input=TEMPLATES / f"{template}.typ", root=TEMPLATES, ignore_system_fonts=True)
            _compilers[template] = compiler
        compiler.set_sys_inputs({"data": json.dumps(data, ensure_ascii=False)})
        made = compiler.compile(format="pdf", pdf_standards=STANDARD)
    assert isinstance(made, bytes)  # noqa: S101  (one output, asked for as bytes)
    return made

"""Words of Wagtail and Django in Latvian: what their catalogues lack or have wrong stands in ours.

Wagtail's Latvian says a third of what its editor shows, Django's has its plural forms in the wrong order.
`site_templates/library_locale` holds what is missing and what is mended; the rest is theirs. After an upgrade the check names
what is new (docs/decisions/0185-latvian-of-the-libraries.md).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from deploy.checks.catalogues import of_source
from deploy.local.folders import ROOT

CATALOGUE = "site_templates/library_locale"
UNUSED = ("contrib/forms", "contrib/search_promotions", "contrib/styleguide", "contrib/table_block", "contrib/typed_table_block")
"""Parts of Wagtail that are not installed."""


def problems() -> list[str]:
    """A line for each message of Wagtail without Latvian, there or here, and for each of ours that neither library says."""
    found = []
    for domain in ("django", "djangojs"):
        ours, said = _texts(ROOT / CATALOGUE / "lv" / "LC_MESSAGES" / f"{domain}.po"), set[object]()
        for english in _catalogues("wagtail", domain):
            latvian = english.parents[2] / "lv" / "LC_MESSAGES" / english.name
            wanted = _texts(english, filled=True)
            missing = wanted - ours - (_texts(latvian) if latvian.exists() else set())
            found += [f"{CATALOGUE}: no Latvian for {key!r} of {english.parents[3]}" for key in sorted(missing, key=str)]
            said |= wanted
        for english in _catalogues("django", domain):
            said |= _texts(english, filled=True)
        found += [f"{CATALOGUE}: neither Wagtail nor Django says {key!r}" for key in sorted(ours - said, key=str)]
    return found


def _texts(source: Path, *, filled: bool = False) -> set[object]:
    """Texts with a translation, each once: the forms of a plural differ in number between languages."""
    return {key[0] if isinstance(key, tuple) else key for key in of_source(source, filled=filled)} - {""}


def _catalogues(package: str, domain: str) -> list[Path]:
    """The English catalogues of a library's installed parts: they hold every message."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed; run `make install`.")
    root = Path(spec.origin).parent
    found = sorted(root.rglob(f"locale/en/LC_MESSAGES/{domain}.po"))
    return [path for path in found if not path.relative_to(root).as_posix().startswith(UNUSED)]

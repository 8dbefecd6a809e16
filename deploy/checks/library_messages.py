"""Words of Wagtail and Django in Latvian: what their catalogues lack or have wrong stands in ours.

Wagtail's Latvian says a third of what its editor shows, Django's has its plural forms in the wrong order.
`site_templates/library_locale` holds what is missing and what is mended; the rest is theirs. After an upgrade the check names
what is new (docs/decisions/0185-latvian-of-the-libraries.md).
"""

from __future__ import annotations

import gettext
import importlib.util
import subprocess
import tempfile
from pathlib import Path

from deploy.local.folders import ROOT

CATALOGUE = "site_templates/library_locale"
UNUSED = ("contrib/forms", "contrib/search_promotions", "contrib/styleguide", "contrib/table_block", "contrib/typed_table_block")
"""Parts of Wagtail that are not installed."""
Messages = dict[object, str]


def problems() -> list[str]:
    """A line for each message of Wagtail without Latvian, there or here, and for each of ours that neither library says."""
    found = []
    for domain in ("django", "djangojs"):
        ours, said = set(of(ROOT / CATALOGUE / "lv" / "LC_MESSAGES" / f"{domain}.po")) - {""}, set[object]()
        for english in _catalogues("wagtail", domain):
            latvian = english.parents[2] / "lv" / "LC_MESSAGES" / english.name
            wanted = set(of(english, filled=True)) - {""}
            missing = wanted - ours - (set(of(latvian)) if latvian.exists() else set())
            found += [f"{CATALOGUE}: no Latvian for {key!r} of {english.parents[3]}" for key in sorted(missing, key=str)]
            said |= wanted
        for english in _catalogues("django", domain):
            said |= set(of(english, filled=True))
        found += [f"{CATALOGUE}: neither Wagtail nor Django says {key!r}" for key in sorted(ours - said, key=str)]
    return found


def of(source: Path, *, filled: bool = False) -> Messages:
    """Translations of a catalogue by context and text; with `filled` the text itself stands for its translation."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder) / "messages.mo"
        if filled:
            subprocess.run(["msgen", "-o", str(compiled.with_suffix(".po")), str(source)], check=True, capture_output=True)
            source = compiled.with_suffix(".po")
        subprocess.run(["msgfmt", "-o", str(compiled), str(source)], check=True, capture_output=True)
        with compiled.open("rb") as handle:
            messages = dict(gettext.GNUTranslations(handle)._catalog)  # type: ignore[attr-defined]
    # Forms of a plural differ in number between languages: one entry for each message.
    return {key[0] if isinstance(key, tuple) else key: text for key, text in messages.items()}


def _catalogues(package: str, domain: str) -> list[Path]:
    """The English catalogues of a library's installed parts: they hold every message."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed; run `make install`.")
    root = Path(spec.origin).parent
    found = sorted(root.rglob(f"locale/en/LC_MESSAGES/{domain}.po"))
    return [path for path in found if not path.relative_to(root).as_posix().startswith(UNUSED)]

"""Old addresses of the project's first site (`/lv/node/187`) and where they lead now."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from cms.base.languages import address, locale_ids

FILE = Path(__file__).resolve().parent / "fixtures" / "redirects.txt"


def load_redirects() -> int:
    """Write the redirects of the file that are missing; returns how many. An editor's own stay as they are.

    Each line is `old path | address of a page below /lv/`; a page that is not there (yet) is left out.
    """
    lines = [line.split("|") for line in FILE.read_text(encoding="utf-8").splitlines() if line.strip()]
    wanted = {Redirect.normalise_path(old.strip()): new.strip() for old, new in lines}
    known = set(Redirect.objects.filter(old_path__in=wanted).values_list("old_path", flat=True))
    pages = {address(page): page for page in Page.objects.filter(locale_id=locale_ids()[settings.LANGUAGE_CODE], depth__gte=2)}
    site = Site.objects.get(is_default_site=True)
    made = [
        Redirect(old_path=old, site=site, redirect_page=pages[new], is_permanent=True)
        for old, new in wanted.items()
        if old not in known and new in pages
    ]
    return len(Redirect.objects.bulk_create(made))

"""Which tables the public site shows, and the number that rises with every committed change of them.

Pages and answers are kept under this number (`cms.base.caching`). `tests/cms/test_kept_pages.py` looks at the SQL of every
kind of page and of the content API, and fails when one of them reads a table that is named neither here nor as uncounted.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper

from backend.core.database import following

UNCOUNTED = {
    "base_sitegeneration": "The counter itself.",
    "files_downloadcount": "Downloads are counted at each download; pages may tell a number that is minutes old.",
    "files_siterendition": "Made from a picture, whose own change counts.",
    "search_searchword": "Changes with the entries of the index, which are followed.",
    "editing_approval": "Says who let a text out; nothing of it is shown.",
    "editing_bundle": "What editors plan to publish together; nothing of it is shown.",
    "editing_bundlepage": "The same.",
    "editing_secondeditortask": "A step of the editors' review; nothing of it is shown.",
    "editing_secondeditortask_groups": "The same.",
}
"""Tables of the site whose changes need not show at once, each with the reason."""

LIBRARY = (
    "wagtailcore_page",
    "wagtailcore_pageviewrestriction",
    "wagtailcore_pageviewrestriction_groups",
    "wagtailcore_collection",
    "wagtailcore_collectionviewrestriction",
    "wagtailcore_locale",
    "wagtailcore_site",
    "taggit_tag",
    "taggit_taggeditem",
    "wagtailredirects_redirect",
)
DOMAIN = (
    "statistics_indicator",
    "statistics_publishedfigure",
    "statistics_release",
    "statistics_releasetable",
    "registry_cooperationagreement",
    "registry_institutionparticipation",
    "territory_programme",
    "territory_region",
    "territory_municipality",
    "territory_institution",
)
"""Tables of the platform that pages show."""

_DRAFT_COLUMNS = (
    *("draft_title", "latest_revision_id", "latest_revision_created_at", "has_unpublished_changes", "owner_id", "locked"),
    *("locked_at", "locked_by_id", "go_live_at", "expire_at", "numchild"),
)
"""What a saved draft, a lock or a plan changes on the row of a live page: nothing that anybody else sees."""


def counter() -> following.Counter:
    """The counter of the site, with all it follows."""
    own = [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("cms.")
        for model in config.get_models(include_auto_created=True)
    ]
    tables = (*following.tables_of(own, but=UNCOUNTED), *LIBRARY, *DOMAIN)
    return following.Counter(
        name="site",
        table="base_sitegeneration",
        column="number",
        followed=tables,
        idle={"wagtailcore_page": _DRAFT_COLUMNS, "wagtailredirects_redirect": ("automatically_created",)},
        when={"wagtailcore_page": "(old.live or new.live)"},
    )


def install(cursor: CursorWrapper) -> None:
    """Write the triggers, by the owner after a migration."""
    following.install(cursor, counter=counter())


def generation() -> int:
    """The number as it is committed now: one statement."""
    with connection.cursor() as cursor:
        cursor.execute("select number from base_sitegeneration")
        row = cursor.fetchone()
    return int(row[0]) if row else 0

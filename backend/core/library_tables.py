"""Classification of tables that libraries own: one line an app, exceptions by field.

Reviewed when a library is upgraded: the check in `backend.core.checks` fails on an app that is not listed.
"""

from __future__ import annotations

from django.db import models

from backend.core.classification import Classification, DataClass, Purpose, Retention

_EDITORIAL = Classification(DataClass.INTERNAL, Purpose.PUBLICATION, Retention.PERMANENT)
_ACCESS = Classification(DataClass.INTERNAL, Purpose.ACCESS, Retention.ACCOUNT)
_PERSONAL_ACCESS = Classification(DataClass.PERSONAL, Purpose.ACCESS, Retention.ACCOUNT)
_PLUMBING = Classification(DataClass.INTERNAL, Purpose.ADMINISTRATION, Retention.SHORT)

APPS: dict[str, Classification] = {
    "wagtailcore": _EDITORIAL,
    "wagtailadmin": _EDITORIAL,
    "wagtaildocs": _EDITORIAL,
    "wagtailimages": _EDITORIAL,
    "wagtailembeds": _EDITORIAL,
    "wagtailredirects": _EDITORIAL,
    "wagtailsearch": _EDITORIAL,
    "wagtailusers": _PERSONAL_ACCESS,
    "wagtailforms": _EDITORIAL,
    "simple_translation": _EDITORIAL,
    "taggit": _EDITORIAL,
    "auth": _ACCESS,
    "admin": _PERSONAL_ACCESS,
    "contenttypes": _PLUMBING,
    "sessions": _PERSONAL_ACCESS,
    "django_tasks_database": _PLUMBING,
    "oauth2_provider": _ACCESS,
    "migrations": _PLUMBING,
}

# A field that needs more care than its app's line says: (app label, model name, field name).
FIELDS: dict[tuple[str, str, str], Classification] = {
    ("wagtailcore", "modellogentry", "user"): _PERSONAL_ACCESS,
    ("wagtailcore", "pagelogentry", "user"): _PERSONAL_ACCESS,
    ("wagtailcore", "revision", "user"): _PERSONAL_ACCESS,
    ("wagtailcore", "page", "owner"): _PERSONAL_ACCESS,
    ("wagtailcore", "page", "locked_by"): _PERSONAL_ACCESS,
    ("wagtailcore", "comment", "user"): _PERSONAL_ACCESS,
    ("wagtailcore", "comment", "text"): _PERSONAL_ACCESS,
}


def classification_of_library_field(model: type[models.Model], name: str) -> Classification | None:
    """What this page says about a library's field; None for an app that nobody has reviewed."""
    label, model_name = model._meta.app_label, model._meta.model_name or ""
    return FIELDS.get((label, model_name, name)) or APPS.get(label)

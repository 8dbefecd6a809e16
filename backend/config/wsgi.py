"""WSGI entry: `backend.config.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
application = get_wsgi_application()


def _warm() -> None:
    """Build both schemas before the first request instead of in it; no command of `manage.py` pays for that."""
    from graphql_schema.cases.documents import case_compiler, case_documents
    from graphql_schema.content.schema import content_schema

    case_documents()
    case_compiler()
    content_schema()


def _settle() -> None:
    """What is there now stays as long as the process, so the collector need not walk through it (docs/decisions/0198)."""
    gc.collect()
    gc.freeze()


_warm()
_settle()

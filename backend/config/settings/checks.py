"""`make check`: the platform as served, plus the tool that reads migrations for steps that block or lose data."""

from backend.config.settings.base import *
from backend.config.settings.base import INSTALLED_APPS

SERVE_MEDIA = True
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
OURS = [name.rsplit(".", 1)[-1] for name in INSTALLED_APPS if name.split(".")[0] in ("backend", "cms", "graphql_schema")]
MIGRATION_LINTER_OPTIONS = {"include_apps": OURS, "no_cache": True}

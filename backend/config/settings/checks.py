"""`make check`: the platform as served, plus the tool that reads migrations for steps that block or lose data."""

from backend.config.settings.base import *
from backend.config.settings.base import INSTALLED_APPS

SERVE_MEDIA = True
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {"include_apps": [], "no_cache": True}

"""Checks that run with `manage.py check`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register("access")
def reads_are_logged(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The read log is never off where people are served."""
    if settings.READ_LOG or str(settings.SETTINGS_MODULE).startswith("tests.bench."):
        return []
    return [Error("READ_LOG is False: reads of learners' records would leave no trace.", id="accounts.E001")]

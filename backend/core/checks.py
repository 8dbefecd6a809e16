"""Checks that run with `manage.py check`, at start and in CI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register

from backend.core.classification import classification_of


@register("classification")
def every_field_is_classified(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The build fails on a stored field whose class, purpose and retention nobody declared."""
    problems: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if field.auto_created or _is_link_table_of_classified(model):
                continue  # a surrogate key that Django adds says nothing of its own
            if classification_of(field) is None:
                problems.append(
                    Error(
                        f"{model._meta.label}.{field.name} has no classification.",
                        hint="Wrap it in public(), internal(), personal() or special() from backend.core.classification.",
                        obj=model,
                        id="core.E001",
                    )
                )
    return problems


def _is_link_table_of_classified(model: Any) -> bool:
    """A many-to-many link table made by Django takes its owner's care; only its two keys stand in it."""
    return bool(model._meta.auto_created)

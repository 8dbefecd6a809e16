"""Fields that the site's models share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from wagtail.fields import StreamField


class BodyField(StreamField):
    """A StreamField whose block definitions stay out of migrations.

    The blocks are a matter of the code that reads them; the column is JSON whatever they are. Writing them down in each
    migration makes a new one necessary for every changed label (docs/decisions/0011).
    """

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs


class ChoiceListField(ArrayField):
    """Several of a fixed list of choices, ticked in the editor."""

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Check boxes instead of a comma-separated text."""
        return forms.TypedMultipleChoiceField(
            choices=self.base_field.choices,
            coerce=self.base_field.to_python,
            required=not self.blank,
            widget=forms.CheckboxSelectMultiple,
            label=self.verbose_name,
            help_text=self.help_text,
        )

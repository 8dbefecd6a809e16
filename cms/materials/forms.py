"""The filter of the materials: a plain GET form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.base.models import Topic
from cms.materials.models import Audience, Kind, Language


class MaterialFilter(forms.Form):
    """What a visitor may narrow the list by. Anything unknown is left out, never an error."""

    q = forms.CharField(label=_("Word in the title"), required=False, max_length=80, strip=True)
    audience = forms.ChoiceField(label=_("For whom"), required=False, choices=[("", _("Everyone")), *Audience.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any kind")), *Kind.choices])
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    grade = forms.TypedChoiceField(
        label=_("Grade"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any grade")), *[(number, str(number)) for number in range(1, 13)]],
    )
    material_language = forms.ChoiceField(
        label=_("Language of the file"), required=False, choices=[("", _("Any language")), *Language.choices]
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(topic.code, topic.name_in(language)) for topic in Topic.objects.all()]
        self.fields["topic"].choices = [("", _("Any topic")), *names]

    def criteria(self) -> dict[str, Any]:
        """The criteria that were given and are valid, ready for `materials_for`."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

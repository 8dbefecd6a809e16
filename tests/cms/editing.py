"""The editor's forms as tests send them: what the page's HTML holds, and the streams that only its scripts would add."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.test import Client
from wagtail.fields import StreamField
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

_SERIES = {"indicator": "iap_count", "title": "Plāni", "text": rich_text("<p>Cik plānu.</p>")}


def form_of(client: Client, url: str, *, model: type[Any], form_id: str = "page-edit-form", text: Any = None) -> QueryDict:
    """The form at `url` with its values; a stream that must not be empty holds one block, any other none.

    Where `text` (the page as it was saved last) holds that one block already, it is the same block, not a new one.
    """
    data = querydict_from_html(client.get(url).content.decode(), form_id=form_id)
    streams: dict[str, Any] = {}
    for field in model._meta.get_fields():
        if isinstance(field, StreamField):
            blocks = [] if field.blank else [("series", _SERIES) if field.name == "series" else ("heading", "Virsraksts")]
            streams[field.name] = streamfield(blocks)
    data.update(nested_form_data(streams))
    for name in streams if text is not None else ():
        data.update({f"{name}-{place}-id": block.id for place, block in enumerate(getattr(text, name))})
    return data

"""Who may read a document."""

from __future__ import annotations

from wagtail import hooks

from cms.files.privacy import only_what_is_shown

hooks.register("before_serve_document", only_what_is_shown)

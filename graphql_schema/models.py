"""Documents that partner apps have registered (trusted documents)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.classification import Purpose, internal
from backend.core.clock import now
from backend.core.models import Entity


class RegisteredDocument(Entity):
    """A document that one app may name by the digest of its text. It never changes: another text is another document."""

    tag = "doc"

    app = internal(
        models.ForeignKey(
            settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="documents", db_index=False
        ),
        purpose=Purpose.ACCESS,
    )
    digest = internal(models.CharField(max_length=64), purpose=Purpose.ACCESS)
    """SHA-256 of the text in UTF-8, hexadecimal; `documentId` is `sha256:` and this."""
    text = internal(models.TextField(), purpose=Purpose.ACCESS)
    name = internal(models.CharField(max_length=100, blank=True), purpose=Purpose.ACCESS)
    """Name of its operation, where it has one."""
    cost = internal(models.PositiveIntegerField(), purpose=Purpose.ACCESS)
    """Points with the largest pages that its variables can ask for."""
    not_compiled = internal(models.CharField(max_length=300, blank=True), purpose=Purpose.ACCESS)
    """Why it is answered field by field; empty: it is one SQL statement."""
    registered_at = internal(models.DateTimeField(default=now, editable=False), purpose=Purpose.ACCESS)

    class Meta:
        constraints = [models.UniqueConstraint(name="document_once_an_app", fields=["app", "digest"])]

    def __str__(self) -> str:
        return self.document_id

    @property
    def document_id(self) -> str:
        """What a request names it by."""
        return f"sha256:{self.digest}"

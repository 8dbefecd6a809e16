"""What can be read of the trail through the ORM. The tables are the owner's (`install`), so nothing here is managed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backend.core.classification import Purpose, internal, personal


class ReadEntry(models.Model):
    """One read or export of a learner's record: who, as what, what of it, through which channel, what for."""

    id = internal(models.BigIntegerField(primary_key=True, db_column="trail_id"), purpose=Purpose.EVIDENCE)
    at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    principal_id = personal(models.UUIDField(null=True, db_column="principal"), purpose=Purpose.EVIDENCE)
    client_id = internal(models.BigIntegerField(null=True, db_column="client"), purpose=Purpose.EVIDENCE)
    kind = internal(models.TextField(), purpose=Purpose.EVIDENCE)
    role = internal(models.TextField(), purpose=Purpose.EVIDENCE)
    level = internal(models.TextField(), purpose=Purpose.EVIDENCE)
    unit_code = internal(models.TextField(), purpose=Purpose.EVIDENCE)
    learner_id = personal(models.UUIDField(), purpose=Purpose.EVIDENCE)
    institution_id = internal(models.UUIDField(null=True), purpose=Purpose.EVIDENCE)
    object_type = internal(models.TextField(), purpose=Purpose.EVIDENCE)
    object_id = internal(models.UUIDField(null=True), purpose=Purpose.EVIDENCE)
    channel = internal(models.TextField(), purpose=Purpose.EVIDENCE)
    purpose = internal(models.TextField(null=True), purpose=Purpose.EVIDENCE)
    classes = internal(ArrayField(models.TextField()), purpose=Purpose.EVIDENCE)

    class Meta:
        managed = False
        db_table = 'trail"."read_entry'
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_type} {self.at:%Y-%m-%d %H:%M}"


class SealedBlock(models.Model):
    """A closed block of the trail, without its list of leaves."""

    number = internal(models.BigIntegerField(primary_key=True), purpose=Purpose.EVIDENCE)
    entries = internal(models.IntegerField(), purpose=Purpose.EVIDENCE)
    root = internal(models.BinaryField(), purpose=Purpose.EVIDENCE)
    head = internal(models.BinaryField(), purpose=Purpose.EVIDENCE)
    closed_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)

    class Meta:
        managed = False
        db_table = 'trail"."block'
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class EntryKey(models.UUIDField[Any, Any]):
    """The number of an entry of the trail, as a key like every other: the database holds a bigint."""

    def db_type(self, connection: Any) -> str:
        return "bigint"

    def to_python(self, value: Any) -> Any:
        return UUID(int=value) if isinstance(value, int) else super().to_python(value)

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> UUID | None:
        """What the database holds, as a key."""
        return None if value is None else UUID(int=value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> int | None:
        """As the database holds it; a key that is no entry's number finds nothing."""
        key = self.to_python(value)
        if key is None:
            return None
        number: int = key.int
        return number if number < 2**63 else -1

"""Bases of every model of ours."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Retention, internal, public
from backend.core.clock import now
from backend.core.database.ranges import DateRange
from backend.core.identifiers import public_id, uuid7


class Entity(models.Model):
    """A row with an opaque key. `tag` is the type tag of its public id, one per model."""

    tag: ClassVar[str]

    id = internal(models.UUIDField(primary_key=True, default=uuid7, editable=False))

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        """The id that leaves the house."""
        return public_id(tag=self.tag, key=self.pk)


class PersonEntity(Entity):
    """A row that stands for a person: its key is random, so that it tells nothing."""

    id = internal(models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False))

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Rows that people edit: `version` rises with each change and answers `expectedVersion` (contract, mutations)."""

    version = internal(models.PositiveIntegerField(default=1, editable=False))
    created_at = internal(models.DateTimeField(default=now, editable=False))
    updated_at = internal(models.DateTimeField(default=now, editable=False))

    class Meta:
        abstract = True


class Revised(models.Model):
    """Rows of tables that were released without versions: the number alone, since the trail knows when each change was."""

    version = internal(models.PositiveIntegerField(default=1, db_default=1, editable=False))

    class Meta:
        abstract = True


class SourceStatus(models.TextChoices):
    """How sure we are of a reference value (domain.md, status words)."""

    FOUND = "FOUND", _("found in the named source")
    PARTLY_INFERRED = "PARTLY_INFERRED", _("partly inferred")
    INFERRED = "INFERRED", _("inferred")
    PROVISIONAL = "PROVISIONAL", _("provisional, set by us until a source is found")
    ASSUMED = "ASSUMED", _("assumed for the demonstration")
    UNVERIFIED = "UNVERIFIED", _("found, to be verified with the register")


class Sourced(models.Model):
    """Reference data: where the value comes from and how sure it is."""

    source = public(models.CharField(max_length=500, blank=True))
    source_status = public(models.CharField(max_length=20, choices=SourceStatus, default=SourceStatus.FOUND))
    source_note = public(models.CharField(max_length=500, blank=True))

    class Meta:
        abstract = True


class Bilingual(models.Model):
    """A name in Latvian, and in English where there is one."""

    name_lv = public(models.CharField(max_length=300))
    name_en = public(models.CharField(max_length=300, blank=True))

    class Meta:
        abstract = True

    def name_in(self, language: str) -> str:
        """The name in `language` (lv, en), Latvian where there is no other."""
        return (self.name_en or self.name_lv) if language == "en" else self.name_lv


class Dated(models.Model):
    """Reference data in force from a day to a day, both included; without a last day: still."""

    valid_from = public(models.DateField())
    valid_to = public(models.DateField(null=True, blank=True))

    class Meta:
        abstract = True


def validity_constraint(*, prefix: str) -> Any:
    """A row cannot end before it begins."""
    return models.CheckConstraint(
        name=f"{prefix}_validity",
        condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
        violation_error_message=_("The last day lies before the first."),
    )


def one_at_a_time(*columns: str, name: str, condition: models.Q | None = None, message: str | Promise = "") -> Any:
    """Rows equal in `columns` do not overlap in their validity, both days included; without columns: no two rows do.

    With `condition`, only among the rows that it admits. `message` is what a form says of an overlap.
    """
    validity = (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS)
    told: dict[str, Any] = {"violation_error_message": message} if message else {}
    return ExclusionConstraint(
        name=name, expressions=[*((column, RangeOperators.EQUAL) for column in columns), validity], condition=condition, **told
    )


class RateBucket(models.Model):
    """Points left to one caller (`backend.core.rate_limit`). Kept in an unlogged table: losing it costs nothing."""

    key = internal(models.CharField(primary_key=True, max_length=120), retention=Retention.SHORT)
    available = internal(models.FloatField(), retention=Retention.SHORT)
    refilled_at = internal(models.DateTimeField(), retention=Retention.SHORT)

    class Meta:
        indexes = [models.Index(fields=["refilled_at"], name="rate_bucket_by_age")]

    def __str__(self) -> str:
        return self.key


class CommandReceipt(Entity):
    """What a command with a `clientMutationId` answered (`backend.core.idempotency`). Keys only, never contents."""

    tag = "rcpt"

    principal_id = internal(models.UUIDField(), retention=Retention.SHORT)
    app_id = internal(models.BigIntegerField(), retention=Retention.SHORT)
    """The partner app, 0 for none."""
    operation = internal(models.CharField(max_length=60), retention=Retention.SHORT)
    key = internal(models.CharField(max_length=200, db_collation="C"), retention=Retention.SHORT)
    input_digest = internal(models.CharField(max_length=64), retention=Retention.SHORT)
    answer = internal(models.JSONField(null=True), retention=Retention.SHORT)
    created_at = internal(models.DateTimeField(default=now), retention=Retention.SHORT)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="command_receipt_once", fields=["principal_id", "app_id", "operation", "key"])
        ]
        indexes = [models.Index(fields=["created_at"], name="command_receipt_by_age")]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"

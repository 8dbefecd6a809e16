"""Every stored field says what it is: its class, its purpose, its retention (docs/developer/classification.md).

    family_name = personal(models.CharField(max_length=100), purpose=Purpose.SUPPORT, retention=Retention.PROGRAMME)

The build fails on a field without a classification (`backend.core.checks`). Fields that a model inherits from a library
are declared in the model's `field_classes`; tables that a library owns, in `backend.core.library_tables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.db import models


class DataClass(StrEnum):
    """How sensitive a field is. The order matters: each class includes the care of those before it."""

    PUBLIC = "public"
    """May be published as it is."""
    INTERNAL = "internal"
    """For people and apps that work in the programme; about no private person."""
    PERSONAL = "personal"
    """About an identifiable person (GDPR Art. 4)."""
    SPECIAL = "special"
    """Health, family and other circumstances that need the strictest care (GDPR Art. 9, and what we treat like it)."""


class Purpose(StrEnum):
    """Why the field is kept."""

    PUBLICATION = "publication"
    REFERENCE = "reference"
    ADMINISTRATION = "administration"
    ACCESS = "access control"
    SUPPORT = "support of the learner"
    SETTLEMENT = "settlement of costs"
    STATISTICS = "statistics"
    EVIDENCE = "evidence of what was done"


class Retention(StrEnum):
    """How long. The dates behind the names are settings of the programme (domain.md 10: configurable)."""

    PERMANENT = "permanent"
    ACCOUNT = "while the account exists, then two years"
    PROGRAMME = "until the end of the programme's audit period"
    SHORT = "ninety days"


@dataclass(frozen=True)
class Classification:
    """What a field is, why it is kept and how long."""

    data_class: DataClass
    purpose: Purpose
    retention: Retention


F = TypeVar("F", bound="models.Field[Any, Any]")


def _classified(field: F, data_class: DataClass, purpose: Purpose, retention: Retention) -> F:
    field.classification = Classification(data_class, purpose, retention)  # type: ignore[attr-defined]
    return field


def public(field: F, *, purpose: Purpose = Purpose.PUBLICATION, retention: Retention = Retention.PERMANENT) -> F:
    """Declare a field that may be published."""
    return _classified(field, DataClass.PUBLIC, purpose, retention)


def internal(field: F, *, purpose: Purpose = Purpose.ADMINISTRATION, retention: Retention = Retention.PROGRAMME) -> F:
    """Declare a field about no private person that stays inside the programme."""
    return _classified(field, DataClass.INTERNAL, purpose, retention)


def personal(field: F, *, purpose: Purpose, retention: Retention = Retention.PROGRAMME) -> F:
    """Declare a field about an identifiable person."""
    return _classified(field, DataClass.PERSONAL, purpose, retention)


def special(field: F, *, purpose: Purpose, retention: Retention = Retention.PROGRAMME) -> F:
    """Declare a field that needs the strictest care."""
    return _classified(field, DataClass.SPECIAL, purpose, retention)


def inherited_fields(base: type[models.Model], classification: Classification) -> dict[str, Classification]:
    """Declaration for the fields that an abstract library model brings: for a model's `field_classes`."""
    return {field.name: classification for field in base._meta.local_fields}


def classification_of(field: models.Field[Any, Any]) -> Classification | None:
    """The classification declared for a concrete field, or None when nobody declared one."""
    declared: Classification | None = getattr(field, "classification", None)
    if declared is not None:
        return declared
    model = field.model
    inherited: dict[str, Classification] = getattr(model, "field_classes", {})
    if field.name in inherited:
        return inherited[field.name]
    from backend.core.library_tables import classification_of_library_field

    return classification_of_library_field(model, field.name)

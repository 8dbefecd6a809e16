"""Reads of events and registrations, inside the caller's scope."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.activities.training.models import TrainingEvent, TrainingLeader, TrainingRegistration, TrainingTerm
from backend.activities.training.policies import EVENTS, LEADERS, REGISTRATIONS
from backend.territory.selectors import in_force


def training_events(*, scope: Scope) -> QuerySet[TrainingEvent]:
    """Events, in the order they begin."""
    return TrainingEvent.objects.filter(EVENTS.visible(scope)).order_by("starts_at", "id")


def published_events() -> QuerySet[TrainingEvent]:
    """Events for the public site: it sees nothing else of this room."""
    return TrainingEvent.objects.filter(is_published=True).order_by("starts_at", "id")


def training_terms(*, scope: Scope, on: dt.date | None = None) -> QuerySet[TrainingTerm]:
    """What holds for each kind; with `on`, only what held on that day."""
    found = TrainingTerm.objects.filter(EVENTS.visible(scope)).order_by("kind", "valid_from")
    return found.filter(in_force(on)) if on is not None else found


def training_leaders(*, scope: Scope) -> QuerySet[TrainingLeader]:
    """Who leads which event."""
    return TrainingLeader.objects.filter(LEADERS.visible(scope)).order_by("id")


def training_registrations(*, scope: Scope) -> QuerySet[TrainingRegistration]:
    """Registrations that `scope` reaches, in the order they came."""
    return TrainingRegistration.objects.filter(REGISTRATIONS.visible(scope)).order_by("registered_at", "id")

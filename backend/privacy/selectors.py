"""Reads of requests and of the retention register."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.privacy.models import RetentionTerm, RightsRequest
from backend.privacy.policies import RETENTION, RIGHTS
from backend.territory.selectors import in_force


def rights_requests(*, scope: Scope) -> QuerySet[RightsRequest]:
    """Requests about personal data within reach, those due first."""
    return RightsRequest.objects.filter(RIGHTS.visible(scope)).order_by("due_on", "id")


def retention_terms(*, scope: Scope, on: dt.date | None = None) -> QuerySet[RetentionTerm]:
    """How long each class of fields is kept; with `on`, what holds on that day."""
    found = RetentionTerm.objects.filter(RETENTION.visible(scope)).order_by("retention", "valid_from")
    return found.filter(in_force(on)) if on is not None else found

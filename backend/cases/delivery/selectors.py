"""Reads of consultations, inside the caller's scope."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.delivery.models import Consultation
from backend.cases.delivery.policies import CONSULTATIONS


def consultations(*, scope: Scope) -> QuerySet[Consultation]:
    """Consultations that `scope` reaches, in the order they were held."""
    return Consultation.objects.filter(CONSULTATIONS.visible(scope)).order_by("held_on", "starts_at", "id")

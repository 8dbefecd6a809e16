"""Reads of imports, exports and webhooks, inside the caller's scope."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.exchange.models import BulkExport, DataImport, ImportProblem, Webhook, WebhookDelivery
from backend.exchange.policies import DELIVERIES, EXPORTS, IMPORT_PROBLEMS, IMPORTS, WEBHOOKS


def data_imports(*, scope: Scope) -> QuerySet[DataImport]:
    """Imports, the latest first."""
    return DataImport.objects.filter(IMPORTS.visible(scope)).order_by("-created_at", "id")


def import_problems(*, scope: Scope) -> QuerySet[ImportProblem]:
    """Refused rows, in the order of the file."""
    return ImportProblem.objects.filter(IMPORT_PROBLEMS.visible(scope)).order_by("row_number", "id")


def bulk_exports(*, scope: Scope) -> QuerySet[BulkExport]:
    """The caller's exports, the latest first."""
    return BulkExport.objects.filter(EXPORTS.visible(scope)).order_by("-created_at", "id")


def webhooks(*, scope: Scope) -> QuerySet[Webhook]:
    """The caller's webhooks."""
    return Webhook.objects.filter(WEBHOOKS.visible(scope)).order_by("created_at", "id")


def webhook_deliveries(*, scope: Scope) -> QuerySet[WebhookDelivery]:
    """Deliveries of the caller's webhooks."""
    return WebhookDelivery.objects.filter(DELIVERIES.visible(scope)).order_by("id")

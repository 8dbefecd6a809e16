"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_owners"),
    ]

    operations = [
        DropCoveredIndex("bulkexport", "requested_by", "exchange_bulkexport_requested_by_id_74e3e0da"),
        DropCoveredIndex("dataimport", "institution", "exchange_dataimport_institution_id_f3039091"),
        DropCoveredIndex("importproblem", "batch", "exchange_importproblem_import_id_72ca9df0"),
        DropCoveredIndex("webhook", "app", "exchange_webhook_app_id_5186234a"),
        DropCoveredIndex("webhookdelivery", "webhook", "exchange_webhookdelivery_webhook_id_e0975b53"),
    ]

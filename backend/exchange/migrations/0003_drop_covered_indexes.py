"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "exchange_importproblem_import_id_72ca9df0": "exchange_importproblem (import_id)",
    "exchange_dataimport_institution_id_f3039091": "exchange_dataimport (institution_id)",
    "exchange_webhook_app_id_5186234a": "exchange_webhook (app_id)",
    "exchange_webhookdelivery_webhook_id_e0975b53": "exchange_webhookdelivery (webhook_id)",
    "exchange_bulkexport_requested_by_id_74e3e0da": "exchange_bulkexport (requested_by_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_owners"),
        ("territory", "0006_drop_covered_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=[f"drop index if exists {name}" for name in INDEXES],
                    reverse_sql=[f"create index {name} on {columns}" for name, columns in INDEXES.items()],
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="bulkexport",
                    name="requested_by",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name="dataimport",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="importproblem",
                    name="batch",
                    field=models.ForeignKey(
                        db_column="import_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="problems", to="exchange.dataimport"
                    ),
                ),
                migrations.AlterField(
                    model_name="webhook",
                    name="app",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="webhooks", to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL
                    ),
                ),
                migrations.AlterField(
                    model_name="webhookdelivery",
                    name="webhook",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="exchange.webhook"),
                ),
            ],
        ),
    ]

"""Closings of semesters, with the figures they sealed, and their reopenings."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import backend.core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("statistics", "0003_frozen_releases"),
        ("territory", "0004_semester_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="SemesterClosure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=backend.core.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content_hash", models.CharField(db_collation="C", max_length=64)),
                ("closed_at", models.DateTimeField()),
                ("reopened_at", models.DateTimeField(blank=True, null=True)),
                ("reopen_reason", models.CharField(blank=True, max_length=1000)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reopened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "semester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="closures", to="territory.semester"
                    ),
                ),
                (
                    "snapshot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="closure", to="statistics.reportsnapshot"
                    ),
                ),
            ],
            options={
                "ordering": ["-closed_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reopened_at__isnull", True)), fields=("semester",), name="closure_stands_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reopen_reason", ""), ("reopened_at__isnull", True), ("reopened_by__isnull", True)
                        )
                        | (
                            models.Q(("reopened_at__isnull", False), ("reopened_by__isnull", False))
                            & models.Q(("reopen_reason", ""), _negated=True)
                        ),
                        name="closure_reopened_with_reason",
                    ),
                ],
            },
        ),
    ]

"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Each begins with the column of a foreign key that a wider index of the same table begins with as well: reads find their way by
# that one, and every write paid for both.
INDEXES = {
    "delivery_consultation_provider_id_26892246": "delivery_consultation (provider_id)",
    "delivery_consultation_institution_id_3e14f56d": "delivery_consultation (institution_id)",
    "delivery_consultation_measure_id_ee5c8263": "delivery_consultation (measure_id)",
    "delivery_timesheetstep_timesheet_id_622afa86": "delivery_timesheetstep (timesheet_id)",
    "delivery_timesheet_institution_id_219bc7b3": "delivery_timesheet (institution_id)",
    "delivery_timesheet_provider_id_5c4c3b96": "delivery_timesheet (provider_id)",
    "delivery_timesheetline_timesheet_id_42adf2fe": "delivery_timesheetline (timesheet_id)",
    "delivery_consultationsheet_institution_id_75c5501d": "delivery_consultationsheet (institution_id)",
    "delivery_consultationsheet_measure_id_2ec2e9ab": "delivery_consultationsheet (measure_id)",
    "delivery_monthsubmission_institution_id_f20f5918": "delivery_monthsubmission (institution_id)",
    "delivery_remoteorder_institution_id_6418feed": "delivery_remoteorder (institution_id)",
    "delivery_remoteorderplan_order_id_5625bf59": "delivery_remoteorderplan (order_id)",
    "delivery_remoteorderstaff_order_id_64ee5914": "delivery_remoteorderstaff (order_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0008_an_hour_ends_on_its_day"),
        ("plans", "0010_drop_covered_indexes"),
        ("territory", "0006_drop_covered_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                    model_name="consultation",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="consultation",
                    name="measure",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="consultations", to="plans.measure"),
                ),
                migrations.AlterField(
                    model_name="consultation",
                    name="provider",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="consultations", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AlterField(
                    model_name="consultationsheet",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="consultationsheet",
                    name="measure",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="plans.measure"),
                ),
                migrations.AlterField(
                    model_name="monthsubmission",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="months", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="remoteorder",
                    name="institution",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="remote_orders", to="territory.institution"
                    ),
                ),
                migrations.AlterField(
                    model_name="remoteorderplan",
                    name="order",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="delivery.remoteorder"),
                ),
                migrations.AlterField(
                    model_name="remoteorderstaff",
                    name="order",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="staff", to="delivery.remoteorder"),
                ),
                migrations.AlterField(
                    model_name="timesheet",
                    name="institution",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="timesheets", to="territory.institution"),
                ),
                migrations.AlterField(
                    model_name="timesheet",
                    name="provider",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="timesheets", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AlterField(
                    model_name="timesheetline",
                    name="timesheet",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="delivery.timesheet"),
                ),
                migrations.AlterField(
                    model_name="timesheetstep",
                    name="timesheet",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="delivery.timesheet"),
                ),
            ],
        ),
    ]

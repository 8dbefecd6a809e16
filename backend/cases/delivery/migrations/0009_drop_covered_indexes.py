"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0008_an_hour_ends_on_its_day"),
    ]

    operations = [
        DropCoveredIndex("consultation", "institution", "delivery_consultation_institution_id_3e14f56d"),
        DropCoveredIndex("consultation", "measure", "delivery_consultation_measure_id_ee5c8263"),
        DropCoveredIndex("consultation", "provider", "delivery_consultation_provider_id_26892246"),
        DropCoveredIndex("consultationsheet", "institution", "delivery_consultationsheet_institution_id_75c5501d"),
        DropCoveredIndex("consultationsheet", "measure", "delivery_consultationsheet_measure_id_2ec2e9ab"),
        DropCoveredIndex("monthsubmission", "institution", "delivery_monthsubmission_institution_id_f20f5918"),
        DropCoveredIndex("remoteorder", "institution", "delivery_remoteorder_institution_id_6418feed"),
        DropCoveredIndex("remoteorderplan", "order", "delivery_remoteorderplan_order_id_5625bf59"),
        DropCoveredIndex("remoteorderstaff", "order", "delivery_remoteorderstaff_order_id_64ee5914"),
        DropCoveredIndex("timesheet", "institution", "delivery_timesheet_institution_id_219bc7b3"),
        DropCoveredIndex("timesheet", "provider", "delivery_timesheet_provider_id_5c4c3b96"),
        DropCoveredIndex("timesheetline", "timesheet", "delivery_timesheetline_timesheet_id_42adf2fe"),
        DropCoveredIndex("timesheetstep", "timesheet", "delivery_timesheetstep_timesheet_id_622afa86"),
    ]

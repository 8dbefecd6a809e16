"""Reads of consultations, inside the caller's scope."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.delivery.models import (
    ConfirmationCode,
    Consultation,
    ConsultationSheet,
    MonthSubmission,
    RemoteOrder,
    RemoteOrderPlan,
    RemoteOrderStaff,
    Timesheet,
    TimesheetLine,
    TimesheetStep,
)
from backend.cases.delivery.policies import CONSULTATIONS, DELIVERY


def consultations(*, scope: Scope) -> QuerySet[Consultation]:
    """Consultations that `scope` reaches, in the order they were held; struck-out ones too, which count nowhere."""
    return Consultation.objects.filter(CONSULTATIONS.visible(scope)).order_by("held_on", "starts_at", "id")


def consultation_sheets(*, scope: Scope) -> QuerySet[ConsultationSheet]:
    """Agreements on measures with their sheets."""
    return ConsultationSheet.objects.filter(DELIVERY.visible(scope)).order_by("number")


def remote_orders(*, scope: Scope) -> QuerySet[RemoteOrder]:
    """Directors' orders for remote consultations, the newest first."""
    return RemoteOrder.objects.filter(DELIVERY.visible(scope)).order_by("-signed_on", "id")


def remote_order_staff(*, scope: Scope) -> QuerySet[RemoteOrderStaff]:
    """Specialists named by those orders."""
    return RemoteOrderStaff.objects.filter(DELIVERY.visible(scope)).order_by("id")


def remote_order_plans(*, scope: Scope) -> QuerySet[RemoteOrderPlan]:
    """Learners and plans named by those orders."""
    return RemoteOrderPlan.objects.filter(DELIVERY.visible(scope)).order_by("id")


def confirmation_codes(*, scope: Scope) -> QuerySet[ConfirmationCode]:
    """One-time codes that were issued."""
    return ConfirmationCode.objects.filter(DELIVERY.visible(scope)).order_by("-issued_at", "id")


def timesheets(*, scope: Scope) -> QuerySet[Timesheet]:
    """Timesheets, the newest month first."""
    return Timesheet.objects.filter(DELIVERY.visible(scope)).order_by("-month", "id")


def timesheet_lines(*, scope: Scope) -> QuerySet[TimesheetLine]:
    """Lines of timesheets."""
    return TimesheetLine.objects.filter(DELIVERY.visible(scope)).order_by("specialist_role", "id")


def timesheet_steps(*, scope: Scope) -> QuerySet[TimesheetStep]:
    """Steps of timesheets, in the order they were taken."""
    return TimesheetStep.objects.filter(DELIVERY.visible(scope)).order_by("at", "id")


def month_submissions(*, scope: Scope) -> QuerySet[MonthSubmission]:
    """Submitted months, the newest first; reopened ones too."""
    return MonthSubmission.objects.filter(DELIVERY.visible(scope)).order_by("-month", "-revision", "id")

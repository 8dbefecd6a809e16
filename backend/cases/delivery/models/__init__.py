from backend.cases.delivery.models.consultation import (
    CONSULTATION_MINUTES,
    LATEST_START,
    Channel,
    Consultation,
    LearnerConfirmation,
)
from backend.cases.delivery.models.sheet import (
    ConfirmationCode,
    ConsultationSheet,
    RemoteOrder,
    RemoteOrderPlan,
    RemoteOrderStaff,
)
from backend.cases.delivery.models.timesheet import MonthSubmission, Timesheet, TimesheetLine, TimesheetStatus, TimesheetStep

__all__ = [
    "CONSULTATION_MINUTES",
    "LATEST_START",
    "Channel",
    "ConfirmationCode",
    "Consultation",
    "ConsultationSheet",
    "LearnerConfirmation",
    "MonthSubmission",
    "RemoteOrder",
    "RemoteOrderPlan",
    "RemoteOrderStaff",
    "Timesheet",
    "TimesheetLine",
    "TimesheetStatus",
    "TimesheetStep",
]

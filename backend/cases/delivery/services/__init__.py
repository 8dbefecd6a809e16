"""Commands of delivery: recording, confirming and correcting hours, their papers, timesheets and months."""

from backend.cases.delivery.services.confirming import (
    MOST_CONFIRMED,
    ConfirmingSide,
    IssuedCode,
    confirm_consultations,
    issue_confirmation_code,
)
from backend.cases.delivery.services.correcting import correct_consultation
from backend.cases.delivery.services.papers import record_consultation_sheet, record_remote_order
from backend.cases.delivery.services.recording import MOST_ENTRIES, ConsultationEntry, record_consultations
from backend.cases.delivery.services.submitting import reopen_month, submit_month
from backend.cases.delivery.services.timesheets import approve_timesheet, set_position, withdraw_timesheet_approval

__all__ = [
    "MOST_CONFIRMED",
    "MOST_ENTRIES",
    "ConfirmingSide",
    "ConsultationEntry",
    "IssuedCode",
    "approve_timesheet",
    "confirm_consultations",
    "correct_consultation",
    "issue_confirmation_code",
    "record_consultation_sheet",
    "record_consultations",
    "record_remote_order",
    "reopen_month",
    "set_position",
    "submit_month",
    "withdraw_timesheet_approval",
]

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import by_institution
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited, of_learner

ROOM = "delivery"


class DeliveryConfig(AppConfig):
    name = "backend.cases.delivery"
    label = "delivery"
    verbose_name = "Delivery of support"

    audited = [
        # A struck-out entry keeps a reason: the words go, that there was one stays.
        Audited(
            "delivery.Consultation",
            learner=of_learner(),
            erase={"void_reason": "case when voided_at is null then '' else '—' end"},
            indexed=("measure_id",),
        ),
        Audited("delivery.ConsultationSheet", learner=of_learner()),
        Audited("delivery.RemoteOrder"),
        Audited("delivery.RemoteOrderStaff"),
        Audited("delivery.RemoteOrderPlan", learner=of_learner()),
        # Tries and their count are no change of the record; the hash goes after ninety days and is not kept longer here.
        Audited("delivery.ConfirmationCode", learner=of_learner(), exclude=("code_hash", "attempts"), recorded="issued_at"),
        Audited("delivery.Timesheet"),
        Audited("delivery.TimesheetLine"),
        Audited("delivery.TimesheetStep", recorded="at"),
        Audited("delivery.MonthSubmission"),
    ]
    append_only = ["delivery_timesheetstep"]
    row_security = [
        by_institution(f"delivery_{table}", room=ROOM)
        for table in (
            "consultation",
            "consultationsheet",
            "remoteorder",
            "remoteorderstaff",
            "remoteorderplan",
            "confirmationcode",
            "timesheet",
            "timesheetline",
            "timesheetstep",
            "monthsubmission",
        )
    ]
    # The other consultation may be at another institution: the answers do not say where, when or what.
    constraint_answers = {
        "consultation_provider_in_one_place": Problem(
            Code.CONFLICT, _("The provider gives another consultation at one of these times. Choose another start."), "entries"
        ),
        "consultation_learner_in_one_place": Problem(
            Code.CONFLICT, _("A learner has another consultation at one of these times. Choose another start."), "entries"
        ),
        "consultation_month_is_open": Problem(
            Code.LOCKED, _("The month was submitted. The regional coordinator can reopen it."), "held_on"
        ),
        "consultation_stays_as_confirmed": Problem(
            Code.LOCKED, _("A confirmed consultation is not changed. Correct it: that strikes it out and writes another."), ""
        ),
        "submission_one_stands": Problem(Code.DUPLICATE, _("The month was submitted already."), "month"),
    }

    def ready(self) -> None:
        """Plans ask what stands against their end without knowing this room."""
        from backend.cases.delivery import plan_ends
        from backend.cases.plans import conditions

        conditions.CLOSING.append(plan_ends.against_closing)
        conditions.INTERRUPTING.append(plan_ends.against_interrupting)

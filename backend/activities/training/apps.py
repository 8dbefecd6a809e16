from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import PRINCIPAL, RowPolicy, reads, writes
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited

ROOM = "delivery"
_LED = "event_id = any ((select training_led_by_me())::uuid[])"
_STATE = "(select current_setting('app.{verb}_delivery', true)) = '*'"


class TrainingConfig(AppConfig):
    name = "backend.activities.training"
    label = "training"
    verbose_name = "Professional development"

    # Events are public. Who registered is known to them, their institution, the event's leaders and the agency.
    row_security = [
        RowPolicy(
            "training_trainingleader",
            using=f"{PRINCIPAL} is not null",  # everybody who may call sees who leads an event
            write=_STATE.format(verb="writes"),
        ),
        RowPolicy(
            "training_trainingregistration",
            using=f"{reads(ROOM, 'institution_id')} or participant_id = {PRINCIPAL} or {_LED}",
            write=f"{writes(ROOM, 'institution_id')} or participant_id = {PRINCIPAL}",
            update_using=f"{writes(ROOM, 'institution_id')} or participant_id = {PRINCIPAL} or {_LED}",
        ),
    ]
    audited = [
        Audited("training.TrainingEvent", exclude=("sort_key",)),
        Audited("training.TrainingLeader"),
        Audited("training.TrainingRegistration"),
    ]
    constraint_answers = {
        "training_event_full": Problem(
            Code.LIMIT_EXCEEDED, _("The event is full. Choose another one, or go on the waiting list."), "event_id"
        ),
        "training_event_within_term": Problem(
            Code.LIMIT_EXCEEDED,
            _("Events of this kind have fewer people or another length. Change the number or the times."),
            "kind",
        ),
        "registration_once": Problem(Code.DUPLICATE, _("This person is registered for the event already."), "participant_id"),
    }

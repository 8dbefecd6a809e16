from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import by_institution
from backend.core.refusals import Code, Problem

ROOM = "delivery"


class DeliveryConfig(AppConfig):
    name = "backend.cases.delivery"
    label = "delivery"
    verbose_name = "Delivery of support"

    row_security = [by_institution("delivery_consultation", room=ROOM)]
    # The other consultation may be at another institution: the answers do not say where, when or what.
    constraint_answers = {
        "consultation_provider_once": Problem(
            Code.CONFLICT, _("The provider gives another consultation at one of these times. Choose another start."), "entries"
        ),
        "consultation_learner_once": Problem(
            Code.CONFLICT, _("A learner has another consultation at one of these times. Choose another start."), "entries"
        ),
    }

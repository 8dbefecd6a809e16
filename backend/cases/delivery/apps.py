from django.apps import AppConfig

from backend.core.database.policies import by_institution
from backend.core.trail.declarations import Audited, of_learner


class DeliveryConfig(AppConfig):
    name = "backend.cases.delivery"
    label = "delivery"
    verbose_name = "Delivery of support"

    row_security = [by_institution("delivery_consultation")]
    audited = [Audited("delivery.Consultation", learner=of_learner())]

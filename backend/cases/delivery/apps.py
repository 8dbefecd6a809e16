from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "backend.cases.delivery"
    label = "delivery"
    verbose_name = "Delivery of support"

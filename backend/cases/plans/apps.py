from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "backend.cases.plans"
    label = "plans"
    verbose_name = "Individual support plans"

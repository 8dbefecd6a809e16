from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "backend.demonstration"
    label = "demonstration"
    verbose_name = "Demonstration"

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "cms.figures"
    label = "figures"
    verbose_name = "Figures"

from django.apps import AppConfig


class KlaseConfig(AppConfig):
    name = "cms.klase"
    label = "klase"
    verbose_name = "Klase"

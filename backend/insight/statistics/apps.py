from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "backend.insight.statistics"
    label = "statistics"
    verbose_name = "Statistics"

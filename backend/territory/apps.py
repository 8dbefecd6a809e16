from django.apps import AppConfig

from backend.core.trail.declarations import Audited


class TerritoryConfig(AppConfig):
    name = "backend.territory"
    label = "territory"
    verbose_name = "Territory and calendar"

    audited = [Audited("territory.TargetGroup")]

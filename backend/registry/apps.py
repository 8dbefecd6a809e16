from django.apps import AppConfig

from backend.core.trail.declarations import Audited


class RegistryConfig(AppConfig):
    name = "backend.registry"
    label = "registry"
    verbose_name = "Registry"

    audited = [Audited("registry.CooperationAgreement"), Audited("registry.InstitutionParticipation")]

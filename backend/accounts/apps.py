from django.apps import AppConfig

from backend.core.trail.declarations import Audited


class AccountsConfig(AppConfig):
    name = "backend.accounts"
    label = "accounts"
    verbose_name = "People and access"

    audited = [
        Audited("accounts.User", exclude=("password", "last_login", "sort_key")),
        Audited("accounts.Assignment"),
        Audited("accounts.PartnerApp", exclude=("client_secret",), recorded="updated"),
    ]

    def ready(self) -> None:
        from backend.accounts import checks  # noqa: F401  (registers)

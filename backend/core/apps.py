from django.apps import AppConfig
from django.db.backends.utils import CursorWrapper
from django.db.models.signals import post_migrate

from backend.core.database.policies import PRINCIPAL, RowPolicy


class CoreConfig(AppConfig):
    name = "backend.core"
    label = "core"
    verbose_name = "Core"

    row_security = [RowPolicy("core_commandreceipt", using=f"principal_id = {PRINCIPAL}")]

    def ready(self) -> None:
        from backend.core import checks  # noqa: F401  (registers the classification check)
        from backend.core.database.security import reapply_after_migrate

        post_migrate.connect(reapply_after_migrate, dispatch_uid="core.database.security")

    def secure_database(self, cursor: CursorWrapper) -> None:
        """Called by `backend.core.database.security.reapply`: the key store stands beside the database."""
        from backend.core.database import bulk
        from backend.core.vault.store import prepare

        prepare()
        bulk.install(cursor)

from django.apps import AppConfig
from django.db.backends.utils import CursorWrapper


class TrailConfig(AppConfig):
    name = "backend.core.trail"
    label = "trail"
    verbose_name = "Trail"

    def secure_database(self, cursor: CursorWrapper) -> None:
        """Called by `backend.core.database.security.reapply` after the grants and policies stand."""
        from backend.core.trail.install import install

        install(cursor)

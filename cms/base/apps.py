from django.apps import AppConfig
from django.db.backends.utils import CursorWrapper


class BaseConfig(AppConfig):
    name = "cms.base"
    label = "base"
    verbose_name = "Site foundations"

    def secure_database(self, cursor: CursorWrapper) -> None:
        """Called by `backend.core.database.security.reapply`: what the site keeps follows its tables."""
        from cms.base.generation import install

        install(cursor)

from django.apps import AppConfig
from django.db.backends.utils import CursorWrapper

from backend.core.periodic import Periodic


class EditingConfig(AppConfig):
    name = "cms.editing"
    label = "editing"
    verbose_name = "Editors' work"

    periodic = [Periodic("publish-due", 15, "cms.editing.services.published_due")]
    append_only = ["editing_approval"]
    not_audited = {
        "editing.Approval": "Is itself evidence: rows are added and never changed.",
        "editing.Bundle": "A plan of editors; what comes of it stands in the page log and among the approvals.",
    }

    def secure_database(self, cursor: CursorWrapper) -> None:
        """Called by `backend.core.database.security.reapply`: nobody's own text goes out unapproved."""
        from cms.editing.guards import install

        install(cursor)
